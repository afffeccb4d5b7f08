// Whether the container images that the tasks of the stages run in are there.
import { access, constants, stat } from "node:fs/promises";
import path from "node:path";
import prettyBytes from "pretty-bytes";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { stagesOf } from "../../../pipeline/catalog.ts";
import { workingFolder } from "../../../pipeline/stage/paths.ts";
import { type Place, placeOfValue, placeOfVariable } from "../../places.ts";
import type { CheckResult, Finding } from "../check.ts";
import { nameFirst } from "../nameFirst.ts";
import type { AskedLaw } from "./askLaw.ts";
import { answered } from "./law.ts";

const rootVariable = "AFRAME_CONTAINER_ROOT";

interface Image {
    /** Absolute; undefined when nothing says where images are. */
    readonly file?: string;
    /** What decides that. */
    readonly place: Place;
    /** How it is made, when it is one of Aframe's own. */
    readonly build?: string;
    /** Names of the stages that run in it. */
    readonly stages: string[];
}

export async function checkContainers(settings: ExperimentSettings, asked: Promise<AskedLaw>): Promise<CheckResult> {
    const images = imagesOf(settings, await answered(asked));
    if (images.length === 0) {
        return { summary: "the tasks run without containers" };
    }
    const looks = await Promise.all(images.map(lookAt));
    return {
        summary: looks.map(({ summary }) => summary).join(", "),
        findings: looks.flatMap(({ finding }) => finding ?? []),
    };
}

function imagesOf(settings: ExperimentSettings, { answer }: AskedLaw): Image[] {
    const images = new Map<string, Image>();
    for (const { name, task } of stagesOf(settings)) {
        const found = answer.tasks[task];
        const container = found && "container" in found ? found.container : null;
        const image = container === null ? undefined : imageOf(settings, `luigi_${name}`, container);
        if (image) {
            const same = images.get(image.file ?? "") ?? image;
            same.stages.push(name);
            images.set(image.file ?? "", same);
        }
    }
    return [...images.values()];
}

/** By Aframe's rule: an absolute `image`, else the task's own in the root. Undefined when the task does not tell it. */
function imageOf(settings: ExperimentSettings, section: string, container: string): Image | undefined {
    const textOf = (key: string) =>
        settings.values.find((value) => value.section === section && value.key === key)?.value ?? "";
    const image = textOf("image");
    if (path.isAbsolute(image)) {
        return { file: image, place: placeOfValue(settings, section, "image"), stages: [] };
    }
    if (container === "") {
        return undefined;
    }
    const ofSection = textOf("container_root");
    const root = ofSection || (settings.stack.environment[rootVariable] ?? "");
    const place = ofSection ? placeOfValue(settings, section, "container_root") : placeOfVariable(rootVariable);
    if (root === "") {
        return { place, stages: [] };
    }
    const folder = path.resolve(workingFolder(settings.stack.directory), root);
    const build = `build-containers ${path.parse(container).name} --container-root ${folder}`;
    return { file: path.join(folder, container), place, build, stages: [] };
}

interface Look {
    readonly summary: string;
    readonly finding?: Finding;
}

async function lookAt({ file, place, build, stages }: Image): Promise<Look> {
    const error = (summary: string, message: string, suggestion: string | undefined): Look => ({
        summary,
        finding: { level: "error", problem: { ...place, message, ...(suggestion !== undefined && { suggestion }) } },
    });
    const whose = `the container of ${nameFirst(stages)}`;
    if (file === undefined) {
        const message = `is not set, and ${nameFirst(stages)} run in containers`;
        return error(`no ${rootVariable}`, message, "set it to the folder of the images, in run.sh");
    }
    const name = path.basename(file);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) {
        return error(`${name} missing`, `there is no ${file}, ${whose}`, build);
    }
    // Apptainer also runs an unpacked image.
    const isUnpacked = found.isDirectory() && (await isReadable(path.join(file, ".singularity.d")));
    if (isUnpacked) {
        return { summary: `${name} unpacked` };
    }
    if (!found.isFile() || found.size === 0) {
        const what = found.isFile() ? "is empty" : "is not a file";
        return error(`${name} ${what}`, `${file}, ${whose}, ${what}`, build);
    }
    return (await isReadable(file))
        ? { summary: `${name} ${prettyBytes(found.size)}` }
        : error(`${name} unreadable`, `${file}, ${whose}, cannot be read by this user`, `chmod a+r ${file}`);
}

function isReadable(file: string): Promise<boolean> {
    return access(file, constants.R_OK).then(
        () => true,
        () => false,
    );
}
