// What editing a key of the stack's own config does to an experiment that is up.
import { trainStage } from "../../pipeline/training/state.ts";
import { type Effect, merge, nothing, type Part, type Where } from "./effect.ts";
import { stagesIn, stepsOf } from "./stages.ts";

type EffectOf = (section: string, key: string, where: Where) => Effect;

/** All that an experiment has in its namespace. */
const onCluster: readonly Part[] = ["training Job", "credentials Secret", "SSH Secret", "ConfigMap", "volume claim"];

/** By key; the parts of a map and single variables as `map.part`. */
const effects: Readonly<Record<string, (where: Where) => Effect>> = {
    directory: (where) => ({ ...nothing, runs: local(where), notes: training(where), updates: ["resolved.cfg"] }),
    config: () => nothing,
    settings: () => nothing,
    law: () => nothing,
    workers: () => nothing,
    gpus: (where) => ({ ...nothing, runs: where === "local" ? ["TrainLocal"] : [] }),
    dev: () => nothing,
    "kubernetes.context": onlyRemote({ notes: [trainStage], replaces: ["cluster connection", ...onCluster] }),
    "kubernetes.namespace": onlyRemote({
        notes: [trainStage],
        updates: ["cluster connection"],
        replaces: onCluster,
    }),
    volume: onlyRemote({ replaces: ["training Job"], toggles: ["volume claim"] }),
    "volume.storageClassName": onlyRemote({ replaces: ["volume claim", "training Job"] }),
    "volume.size": onlyRemote({ updates: ["volume claim"] }),
    podTemplatePatch: onlyRemote({ replaces: ["training Job"] }),
    artifacts: (where) => ({ ...nothing, notes: local(where), updates: where === "remote" ? ["S3 prefixes"] : [] }),
    createBucket: onlyRemote({ toggles: ["bucket"] }),
    wait: onlyRemote({ notes: [trainStage] }),
    adoptExisting: () => nothing,
    preflight: () => nothing,
    policy: () => nothing,
    policyProfile: () => nothing,
    environment: () => nothing,
    "environment.AFRAME_TRAIN_DATA_DIR": (where) =>
        where === "local"
            ? { ...nothing, runs: stagesIn("trainData", where) }
            : { ...nothing, sends: stagesIn("trainData", where), replaces: ["S3 prefixes", "training Job"] },
    "environment.AFRAME_TEST_DATA_DIR": (where) => ({ ...nothing, runs: stagesIn("testData", where) }),
    "environment.AFRAME_TRAIN_RUN_DIR": (where) =>
        where === "local"
            ? { ...nothing, runs: stagesIn("run", where) }
            : { ...nothing, runs: [trainStage], replaces: ["S3 prefixes", ...onCluster] },
    "environment.AFRAME_RESULTS_DIR": (where) => ({ ...nothing, runs: stagesIn("results", where) }),
    "environment.AFRAME_CONDOR_DIR": () => nothing,
    "environment.AFRAME_TMPDIR": () => nothing,
};

/** Secrets of the stack, and the keys of the cfg that they beat. */
const secrets: Readonly<Record<string, readonly [section: string, key: string]>> = {
    wandbApiKey: ["luigi_wandb", "api_key"],
    s3AccessKeyId: ["luigi_s3", "aws_access_key_id"],
    s3SecretAccessKey: ["luigi_s3", "aws_secret_access_key"],
};

/** All keys that `stackEffect` knows. */
export const stackEffectKeys: readonly string[] = [...Object.keys(effects), "kubernetes", ...Object.keys(secrets)];

export function stackEffect(key: string, where: Where, effectOf: EffectOf): Effect {
    const secret = secrets[key];
    if (secret !== undefined) {
        return effectOf(...secret, where);
    }
    // A map that is known by its parts alone changes what they change.
    const parts = Object.keys(effects).filter((name) => name.startsWith(`${key}.`));
    return effects[key]?.(where) ?? merge(parts.map((part) => stackEffect(part, where, effectOf)));
}

function onlyRemote(effect: Partial<Effect>): (where: Where) => Effect {
    return (where) => (where === "remote" ? { ...nothing, ...effect } : nothing);
}

function local(where: Where): string[] {
    return stepsOf(where)
        .map(({ name }) => name)
        .filter((name) => name !== trainStage);
}

function training(where: Where): string[] {
    return where === "remote" ? [trainStage] : [];
}
