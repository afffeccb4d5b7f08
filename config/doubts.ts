// What may be meant as it is, but probably is not.
import { findKey, knownSections } from "./defaults.ts";
import type { Problem } from "./errors.ts";
import { placeOf } from "./origin.ts";
import type { Resolution } from "./resolve.ts";
import type { ResolvedValues } from "./resolvedValues.ts";
import type { ExperimentSettings } from "./settings.ts";
import { isSameText } from "./values.ts";

/** Most nodes have no more, and a pod runs on one node. */
const mostGpus = 8;

export function findDoubtful(values: ResolvedValues, training: ExperimentSettings["training"]): Problem[] {
    return [...doubtPod(values), ...doubtImages(values), ...doubtGit(values, training)];
}

function doubtPod(values: ResolvedValues): Problem[] {
    const section = "luigi_Train";
    const doubtful: Problem[] = [];
    const image = values.find(section, "remote_image");
    if (image && !/[:@][^/]+$/.test(image.value)) {
        const message = `${image.value} has no tag or digest, so it may be another image at each start`;
        doubtful.push({ ...placeOf(image.origin), section, key: "remote_image", message });
    }
    const gpus = values.find(section, "request_gpus");
    if (gpus && (values.read(section, "request_gpus", "int") ?? 0) > mostGpus) {
        const message = `${gpus.value} GPUs for one pod: most nodes have ${mostGpus} at most, and a pod runs on one node`;
        doubtful.push({ ...placeOf(gpus.origin), section, key: "request_gpus", message });
    }
    return doubtful;
}

/** Aframe takes its own image in container_root when this one is no absolute path. */
function doubtImages(values: ResolvedValues): Problem[] {
    return knownSections.flatMap(({ name: section, keys }) => {
        const given = values.find(section, "image");
        const isRead = keys.some(({ key, noEffect }) => key === "image" && noEffect === undefined);
        if (!isRead || given === undefined || given.value === "" || given.value.startsWith("/")) {
            return [];
        }
        const message = `has no effect: ${given.value} is no absolute path, and Aframe takes its own image then`;
        const suggestion = "write the full path, or set container_root";
        return [{ ...placeOf(given.origin), section, key: "image", message, suggestion }];
    });
}

/** A repository or ref of one's own that the training does not use. */
function doubtGit(values: ResolvedValues, training: ExperimentSettings["training"]): Problem[] {
    const section = "luigi_Train";
    if (training.where === "local") {
        const given = values.find(section, "use_init_containers");
        const message = "has no effect: training is local, with the code of the container image";
        const suggestion = "set AFRAME_TRAIN_RUN_DIR to an s3:// address to train remotely, or aframe:dev";
        return given?.value.toLowerCase() === "true"
            ? [{ ...placeOf(given.origin), section: given.section, key: given.key, message, suggestion }]
            : [];
    }
    if (training.git !== undefined) {
        return [];
    }
    return ["git_url", "git_ref"].flatMap((key) => {
        const given = values.find(section, key);
        const message = "has no effect: use_init_containers is off, so the image's own code trains";
        const suggestion = "write use_init_containers = True";
        return given === undefined || isDefault(section, key, given)
            ? []
            : [{ ...placeOf(given.origin), section: given.section, key: given.key, message, suggestion }];
    });
}

function isDefault(section: string, key: string, given: Resolution): boolean {
    return isSameText(given.value, findKey(section, key)?.default);
}
