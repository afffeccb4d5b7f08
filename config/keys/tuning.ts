// Known keys of the sections for hyper-parameter tuning, which an experiment's cfg may have and nothing here reads.
import { containerTask } from "./execution.ts";
import { type KnownKey, type KnownSection, withoutEffect } from "./known.ts";
import { remoteKeys, trainingKeys } from "./training.ts";

const tuneConfig: KnownKey = { key: "tune_config", type: "path", meaning: "yaml of the tuning" };
const cluster: readonly KnownKey[] = [
    { key: "container", type: "image", meaning: "container image of the workers" },
    { key: "image_pull_policy", type: "string", meaning: "when the image is fetched" },
    { key: "name", type: "string", meaning: "name of the Ray cluster" },
    { key: "kubeconfig", type: "path", meaning: "kubeconfig" },
    { key: "namespace", type: "string", meaning: "namespace" },
    ...remoteKeys.filter(({ key }) => key.startsWith("git_")),
];

const worker: readonly KnownKey[] = [
    { key: "replicas", type: "int", min: 1, meaning: "number of workers" },
    { key: "gpus_per_replica", type: "int", min: 1, meaning: "GPUs of each worker" },
    { key: "cpus_per_gpu", type: "int", min: 1, meaning: "CPUs for each GPU" },
    { key: "memory_per_gpu", type: "float", unit: "GB", above: 0, meaning: "memory for each GPU" },
    { key: "min_gpu_memory", type: "int", unit: "MB", min: 0, meaning: "memory of the GPUs" },
];

const head: readonly KnownKey[] = [
    { key: "cpus", type: "int", min: 1, meaning: "CPUs" },
    { key: "memory", type: "string", meaning: "memory" },
];

function section(name: string, what: string, keys: readonly KnownKey[]): KnownSection {
    return {
        name,
        meaning: `${what}; without effect, as tuning is not part of a sandbox experiment.`,
        optional: true,
        keys: withoutEffect(keys, "tuning is not part of a sandbox experiment", "remove it"),
    };
}

export const tuningSections: readonly KnownSection[] = [
    section("luigi_TuneTask", "Tuning, local or remote", [...trainingKeys, ...cluster, ...containerTask, tuneConfig]),
    section("luigi_TuneLocal", "Local tuning", [...trainingKeys, ...containerTask, tuneConfig]),
    section("luigi_TuneRemote", "Remote tuning", [...trainingKeys, ...cluster, ...containerTask, tuneConfig]),
    section("luigi_ray_worker", "Workers of remote tuning", worker),
    section("luigi_ray_head", "Head of remote tuning", head),
];
