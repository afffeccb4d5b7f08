// What a report holds, as plain data: the page draws it, and `aframe report --json` prints it.
//
// Times are ISO 8601, durations seconds, sizes bytes. What is not known is left out, never guessed.
import type { PodReport } from "../../pipeline/training/report.ts";

export interface Report {
    readonly version: 1;
    /** When it was gathered. */
    readonly made: string;
    /** What gathered it, as `name/version`. */
    readonly tool: string;
    readonly experiments: readonly ExperimentReport[];
}

export interface ExperimentReport {
    readonly name: string;
    readonly directory?: string;
    readonly headline: Headline;
    /** Each after those it needs; `Train` is the training on the cluster. */
    readonly stages: readonly StageReport[];
    readonly spans: readonly Span[];
    readonly training?: TrainingReport;
    readonly curves: readonly Curve[];
    readonly volume?: SensitiveVolume;
    readonly transfers: readonly Transfer[];
    readonly resources?: Resources;
    readonly costs: Costs;
    readonly failures: readonly Failure[];
    readonly provenance: Provenance;
    readonly settings: readonly Setting[];
    /** What could not be looked at, and why; a sentence each. */
    readonly problems: readonly string[];
}

/** How the experiment is, in a word, a sentence, and what to do next. */
export interface Headline {
    readonly state:
        | "not run"
        | "running"
        | "waiting"
        | "stopped"
        | "failed"
        | "outdated"
        | "done"
        | "destroyed"
        | "unknown";
    readonly text: string;
    readonly next: string;
}

export interface StageReport {
    readonly name: string;
    readonly needs: readonly string[];
    /** `made`: all of it is there, though an edit may have made it outdated; see `verdict`. */
    readonly state: "made" | "running" | "stopped" | "failed" | "damaged" | "waiting" | "not made";
    /** What the next `up` would do with it. */
    readonly verdict?: { readonly kind: "runs" | "up to date" | "waits"; readonly reason: string };
    /** When it began, and when it ended. */
    readonly began?: string;
    readonly ended?: string;
    readonly seconds?: number;
    readonly files?: number;
    readonly bytes?: number;
    /** Directory or URI of what it made. */
    readonly place?: string;
}

/** A bar of the timeline. */
export interface Span {
    /** The stage, or the pod. */
    readonly row: string;
    readonly kind: "stage" | "upload" | "queue" | "pull" | "sync" | "fetch" | "train";
    readonly began: string;
    /** @default it goes on */
    readonly ended?: string;
    readonly failed?: true;
    /** Of an upload: what came to S3 in that time, which is less than all when some was sent while the stage ran. */
    readonly bytes?: number;
}

/** Of a training on the cluster; one on this machine is a stage. */
export interface TrainingReport {
    readonly state: string;
    readonly reason: string;
    readonly since?: string;
    readonly job?: { readonly name: string; readonly context: string; readonly namespace: string };
    readonly pod?: PodReport;
    /** URI of the model, once it is there. */
    readonly model?: string;
}

/** One column of metrics.csv. */
export interface Curve {
    readonly name: string;
    readonly kind: CurveKind;
    /** Step and value; thinned when there are very many. */
    readonly points: readonly (readonly [step: number, value: number])[];
    readonly last: number;
}

export type CurveKind = "loss" | "validation" | "learning rate" | "throughput" | "other";

export interface SensitiveVolume {
    /** Per year, ascending; those at which all volumes and errors are numbers. */
    readonly falseAlarmRates: readonly number[];
    readonly pairs: readonly MassPair[];
}

export interface MassPair {
    /** Source-frame masses in solar masses, such as `35-35`. */
    readonly name: string;
    /** Gpc³, one for each false-alarm rate. */
    readonly volumes: readonly number[];
    /** One standard deviation, Gpc³. */
    readonly errors: readonly number[];
}

/** Bytes that travelled between this machine, S3 and the pod. */
export interface Transfer {
    readonly what: string;
    readonly bytes: number;
    /** @default how long it took is not known */
    readonly seconds?: number;
}

export interface Resources {
    readonly containers: readonly ContainerResources[];
    /** What must be known to read the numbers, such as why none are measured. */
    readonly note: string;
}

/** Kubernetes quantities, as they were written. */
export interface ContainerResources {
    readonly container: string;
    readonly asked: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
}

export interface Costs {
    /** Time of the training times the GPUs it has. */
    readonly gpuHours?: number;
    /** Of all stages and the training, side by side where they were. */
    readonly busySeconds: number;
    /** Of all that the stages made. */
    readonly bytes: number;
}

export interface Failure {
    /** The stage, or the container and its pod. */
    readonly where: string;
    readonly cause: string;
    readonly when?: string;
    /** The last lines of its log. */
    readonly log: readonly string[];
    /** Where the whole log is. */
    readonly file?: string;
}

export interface Provenance {
    readonly commit?: { readonly id: string; readonly url?: string };
    readonly gitUrl?: string;
    readonly gitRef?: string;
    readonly image?: string;
    /** As the node pulled it; the cluster tells it while the pod is there, run.json after that. */
    readonly imageDigest?: string;
    /** Of a training on this machine: where its code stood, and whether that had changes that are in no commit. */
    readonly checkout?: { readonly path: string; readonly modified: boolean };
    readonly trainingDigest?: string;
    /** Stage → digest of its manifest. */
    readonly manifests: Readonly<Record<string, string>>;
    /** Python and the packages that the training had, name → version. */
    readonly packages?: Readonly<Record<string, string>>;
    /** Program → version. */
    readonly versions: Readonly<Record<string, string>>;
    /** URI or path of the run.json that `aframe init-from` repeats the training from. */
    readonly runFile?: string;
}

/** A value of the configuration; secrets are not among them. */
export interface Setting {
    readonly section: string;
    readonly key: string;
    readonly value: string;
    /** @default the key has none */
    readonly default?: string;
    readonly differs: boolean;
    /** Where it was written. */
    readonly origin: string;
}
