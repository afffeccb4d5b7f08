// What an edit of the configuration does to an experiment that is up, in the experiment's own terms.

/** Where the model trains. */
export type Where = "local" | "remote";

/** A part of an experiment other than its stages. */
export type Part =
    /** The cfg that law is given. */
    | "resolved.cfg"
    /** Marker and claim of the experiment's prefixes on S3, and what `destroy` deletes there. */
    | "S3 prefixes"
    | "S3 connection"
    | "bucket"
    | "cluster connection"
    | "training Job"
    /** Secret with the keys for S3 and W&B. */
    | "credentials Secret"
    /** Secret with the key that git-sync uses. */
    | "SSH Secret"
    /** ConfigMap with train.yaml and the pod's scripts. */
    | "ConfigMap"
    | "volume claim"
    | "pinned commit";

export interface Effect {
    /** Stages whose tasks run again because of the edit itself; `Train` is the training on the cluster. */
    readonly runs: readonly string[];
    /** Stages whose artefacts are sent to another place, without being made again. */
    readonly sends: readonly string[];
    /** Stages whose record in the state is brought up to date, and nothing else. */
    readonly notes: readonly string[];
    /** Parts that are brought up to date where they are. */
    readonly updates: readonly Part[];
    /** Parts that are removed and made again. */
    readonly replaces: readonly Part[];
    /** Parts that are there with one value and not with another: they are made or removed. */
    readonly toggles: readonly Part[];
}

export const nothing: Effect = { runs: [], sends: [], notes: [], updates: [], replaces: [], toggles: [] };

/** What several edits do together; of each stage and part the most that one of them does to it. */
export function merge(effects: readonly Effect[]): Effect {
    const all = <T>(names: (effect: Effect) => readonly T[], ...but: readonly T[]) =>
        [...new Set(effects.flatMap(names))].filter((name) => !but.includes(name));
    const runs = all((effect) => effect.runs);
    const toggles = all((effect) => effect.toggles);
    const replaces = all((effect) => effect.replaces, ...toggles);
    return {
        runs,
        sends: all((effect) => effect.sends, ...runs),
        notes: all((effect) => effect.notes, ...runs),
        updates: all((effect) => effect.updates, ...replaces, ...toggles),
        replaces,
        toggles,
    };
}
