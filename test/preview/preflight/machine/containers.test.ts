// Whether the images are there that tasks run in, as real law tells them of real task classes.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import type { Report } from "../../../../preview/preflight/run.ts";
import { remoteRecipe, temporaryDirectory } from "../../../components/fixture.ts";
import { writeAframe } from "./aframe.ts";
import { law, miniatureLaw, reportsOf, subjectOf, told, type Variation } from "./subject.ts";

const directory = temporaryDirectory();
const packages = path.join(directory, "packages");
writeAframe(packages, { containers: true });

const images = path.join(directory, "images");
mkdirSync(images);
for (const [name, size] of [
    ["data", 2_100_000],
    ["train", 1000],
    ["export", 1000],
    ["infer", 5000],
] as const) {
    writeFileSync(path.join(images, `${name}.sif`), Buffer.alloc(size));
}

async function containers({ stack = { law: [law] }, ...variation }: Variation): Promise<Report> {
    const subject = subjectOf({ ...variation, stack });
    const environment = { ...subject.environment, PYTHONPATH: packages };
    const [report] = await reportsOf({ ...subject, environment }, ["containers"]);
    assert.ok(report);
    return report;
}

const inRoot = { AFRAME_CONTAINER_ROOT: images };

describe("containers", () => {
    it("are not asked for by tasks that run without, such as the miniature's", async () => {
        const { status, summary } = await containers({ stack: { law: miniatureLaw }, variables: inRoot });
        assert.deepEqual([status, summary], ["passed", "the tasks run without containers"]);
    });

    it("are told with their sizes, each once, and only those of stages that there are", async () => {
        const local = await containers({ variables: inRoot });
        assert.deepEqual(local.summary, "data.sif 2.1 MB, train.sif 1 kB, export.sif 1 kB, infer.sif 5 kB");
        const remote = await containers({ ...remoteRecipe, variables: inRoot });
        assert.deepEqual(remote.summary, "data.sif 2.1 MB, export.sif 1 kB, infer.sif 5 kB");
        assert.deepEqual([...told(local), ...told(remote)], []);
    });

    it("are nowhere when nothing says where they are", async () => {
        assert.deepEqual(told(await containers({})), [
            "error: stack config aframe:environment.AFRAME_CONTAINER_ROOT: is not set, and FetchTrain, TrainingWaveforms, " +
                "ValidationWaveforms and 6 more run in containers (set it to the folder of the images, in run.sh)",
        ]);
    });

    it("are missing, empty, or something else", async () => {
        const poor = path.join(directory, "poor");
        mkdirSync(path.join(poor, "train.sif"), { recursive: true });
        mkdirSync(path.join(poor, "infer.sif", ".singularity.d"), { recursive: true });
        writeFileSync(path.join(poor, "export.sif"), "");
        const report = await containers({ variables: { AFRAME_CONTAINER_ROOT: poor } });
        assert.equal(
            report.summary,
            "data.sif missing, train.sif is not a file, export.sif is empty, infer.sif unpacked",
        );
        const start = "error: stack config aframe:environment.AFRAME_CONTAINER_ROOT:";
        const whose = "the container of FetchTrain, TrainingWaveforms, ValidationWaveforms and 2 more";
        const build = (name: string) => `(build-containers ${name} --container-root ${poor})`;
        assert.deepEqual(told(report), [
            `${start} there is no ${poor}/data.sif, ${whose} ${build("data")}`,
            `${start} ${poor}/train.sif, the container of TrainLocal, is not a file ${build("train")}`,
            `${start} ${poor}/export.sif, the container of ExportLocal, is empty ${build("export")}`,
        ]);
    });

    it("are taken from where a section of the cfg says: an absolute image, or another root", async () => {
        const other = path.join(directory, "other");
        mkdirSync(other);
        const cfg = [
            ...["[luigi_FetchTrain]", `image = ${images}/data.sif`, "[luigi_SandboxSV]", "image = /nowhere/plots.sif"],
            ...["[luigi_ExportLocal]", "image = relative.sif", `container_root = ${other}`],
        ];
        const report = await containers({ variables: inRoot, cfg: cfg.join("\n") });
        assert.deepEqual(told(report), [
            `error: sandbox.cfg:15: [luigi_ExportLocal] container_root: there is no ${other}/export.sif, ` +
                `the container of ExportLocal (build-containers export --container-root ${other})`,
            "error: sandbox.cfg:12: [luigi_SandboxSV] image: there is no /nowhere/plots.sif, the container of SandboxSV",
        ]);
    });
});
