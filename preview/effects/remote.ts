// What a key of the cfg changes on the cluster and on S3, when training is remote.
import { findKey } from "../../config/defaults.ts";
import { remoteKeys, trainingKeys } from "../../config/keys/training.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import { type Effect, merge, nothing, type Part } from "./effect.ts";
import { stagesOnS3 } from "./stages.ts";

/** Keys of the training and its pod that do not change what is learnt. */
const unlearnt: readonly string[] = ["min_gpu_memory", "cpus_per_gpu", "memory_per_cpu", "use_wandb"];

/** Keys of [luigi_wandb] that become arguments of the training. */
const loggerKeys: readonly string[] = ["entity", "project", "group", "name", "tags"];

/** Parts beside the Job that a key changes, as `section.key`. */
const updates: Readonly<Record<string, readonly Part[]>> = {
    "luigi_Train.config": ["ConfigMap"],
    "luigi_Train.git_url": ["pinned commit", "SSH Secret"],
    "luigi_Train.git_ref": ["pinned commit"],
    "luigi_ssh.ssh_file": ["pinned commit", "SSH Secret"],
    "luigi_ssh.check_host_key": ["pinned commit", "SSH Secret"],
    "luigi_wandb.api_key": ["credentials Secret"],
    "luigi_s3.aws_access_key_id": ["credentials Secret"],
    "luigi_s3.aws_secret_access_key": ["credentials Secret"],
};

/** Parts that are there with one value of a key and not with another. */
const toggles: Readonly<Record<string, readonly Part[]>> = {
    "luigi_Train.use_init_containers": ["pinned commit", "SSH Secret"],
};

/** The effect on all that is not on this machine; nothing for keys of other stages. */
export function remoteEffect(section: string, key: string): Effect {
    return merge([clusterEffect(section, key), connectionEffect(section, key)]);
}

/** Everything in the pod's template makes another Job; what names the training makes it train again. */
function clusterEffect(section: string, key: string): Effect {
    const name = `${section}.${key}`;
    const trains = section === "luigi_Train" && isOneOf(key, trainingKeys, remoteKeys) && !unlearnt.includes(key);
    const isInTemplate =
        trains ||
        (section === "luigi_Train" && unlearnt.includes(key)) ||
        (section === "luigi_wandb" && loggerKeys.includes(key)) ||
        ["luigi_ssh.check_host_key", "luigi_s3.endpoint_url"].includes(name);
    return {
        ...nothing,
        runs: trains ? [trainStage] : [],
        updates: updates[name] ?? [],
        replaces: isInTemplate ? ["training Job"] : [],
        toggles: toggles[name] ?? [],
    };
}

/** Whatever reaches S3 is told of another server or another key, and keeps what it has made. */
function connectionEffect(section: string, key: string): Effect {
    return section === "luigi_s3" && findKey(section, key) !== undefined
        ? { ...nothing, notes: [...stagesOnS3(), trainStage], updates: ["S3 connection", "S3 prefixes"] }
        : nothing;
}

function isOneOf(key: string, ...tables: (readonly { readonly key: string }[])[]): boolean {
    return tables.some((table) => table.some((known) => known.key === key));
}
