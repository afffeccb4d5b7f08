// What an experiment is, once its stack's config and its cfg files have been read: typed, resolved, read-only.

/** Where a resolved value was written. */
export type Origin =
    | { readonly kind: "file"; readonly file: string; readonly line: number }
    /** A key of the stack's config, such as `aframe:settings.luigi_Train.request_gpus`. */
    | { readonly kind: "stack"; readonly key: string }
    /** An `AFRAME_*` variable of the stack's environment map. */
    | { readonly kind: "environment"; readonly name: string }
    | { readonly kind: "default" };

/** One value of the configuration after inheritance, overrides, references and the environment were applied. */
export interface ResolvedValue {
    readonly section: string;
    readonly key: string;
    /** The text law would read; empty means "use the default". */
    readonly value: string;
    readonly origin: Origin;
    /** The references followed to reach the value, as `section::key`, nearest first. */
    readonly via: readonly string[];
    /** True for credentials: never shown, logged or written to a file we make. */
    readonly secret: boolean;
    /** The text that was given is wrong, which a survey has reported; this is the default in its place. */
    readonly replaced?: true;
}

/** A directory on this machine. */
export interface LocalLocation {
    readonly kind: "local";
    /** Absolute. */
    readonly path: string;
}

/** A directory on an S3 server. */
export interface S3Location {
    readonly kind: "s3";
    readonly bucket: string;
    /** Never empty; no leading, trailing or doubled slash. */
    readonly prefix: string;
    /** `s3://<bucket>/<prefix>`. */
    readonly uri: string;
}

export type Location = LocalLocation | S3Location;

/** The stack's config (`stacks/Pulumi.<name>.yaml`), namespace `aframe`, without its secrets. */
export interface StackSettings {
    /** Keys whose values are wrong, which a survey has reported; their defaults stand here. @default none */
    readonly replaced?: readonly string[];
    /** Name of the stack and of the experiment. */
    readonly name: string;
    /** The experiment directory that `aframe-init` made; absolute. */
    readonly directory: string;
    /** File name of the cfg in `directory`. @default "sandbox.cfg" */
    readonly config: string;
    /** The `AFRAME_*` variables of run.sh, as copied by `aframe up`. */
    readonly environment: Readonly<Record<string, string>>;
    /** Overrides of cfg values: section, key, value. */
    readonly settings: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** The command that runs law. @default found from the Aframe checkout's lock file, else `law` on PATH */
    readonly law?: readonly string[];
    /** Local stages that may run at once, and law's `--workers`. @default 5 */
    readonly workers: number;
    /** GPU ids for local stages, comma-separated; empty for none. @default "0" */
    readonly gpus: string;
    /** Run the checkout's code instead of the code in the containers. @default false */
    readonly dev: boolean;
    /** Where training runs when the run dir is on S3. */
    readonly kubernetes?: { readonly context: string; readonly namespace: string };
    /** A PVC for data and checkpoints instead of scratch. @default none */
    readonly volume?: { readonly storageClassName: string; readonly size: string };
    /** Merged by name into the training pod's template. @default none */
    readonly podTemplatePatch?: Readonly<Record<string, unknown>>;
    /** What destroy does with generated data and trained models. @default "retain" */
    readonly artifacts: "retain" | "delete";
    /** Make the S3 bucket, which must not exist yet; destroy leaves it. @default false */
    readonly createBucket: boolean;
    /** Whether `up` stays until training ends. @default true */
    readonly wait: boolean;
    /** Take over outputs that law made before. @default false */
    readonly adoptExisting: boolean;
    /** Ask cluster, S3 and git server, at preview and before anything runs, whether the experiment can work. @default true */
    readonly preflight: boolean;
    /** Cluster policy lint. @default "warn" */
    readonly policy: "off" | "warn" | "strict";
    /** The rules of which cluster: a profile of this program, or the absolute path of another one. @default "nautilus" */
    readonly policyProfile: string;
}

/** The directories of the document's six `AFRAME_*` variables. */
export interface Directories {
    readonly trainData: Location;
    readonly testData: LocalLocation;
    readonly run: Location;
    readonly condor: LocalLocation;
    readonly results: LocalLocation;
    readonly tmp: LocalLocation;
}

/** Code from git that replaces the image's. */
export interface GitSettings {
    readonly url: string;
    /** Branch, tag or commit. */
    readonly ref: string;
    /** Verify the server's host key. @default true */
    readonly checkHostKey: boolean;
}

/** What training needs wherever it runs; numbers are in SI units as in the cfg. */
export interface TrainingParameters {
    readonly ifos: readonly string[];
    readonly seed: number;
    readonly kernelLengthSeconds: number;
    readonly sampleRateHz: number;
    readonly fdurationSeconds: number;
    readonly highpassHz: number;
    readonly lowpassHz?: number;
    readonly fftlengthSeconds?: number;
    readonly q?: number;
    readonly useWandb: boolean;
    /** Absolute path of the Lightning yaml (train.yaml). */
    readonly trainConfig: string;
}

/** Resources of the training pod. */
export interface PodResources {
    readonly gpus: number;
    readonly cpusPerGpu: number;
    readonly memoryPerCpuGb: number;
    /** MB per GPU; the node's GPUs must have strictly more. */
    readonly minGpuMemoryMb: number;
}

export interface LocalTraining extends TrainingParameters {
    readonly where: "local";
}

export interface RemoteTraining extends TrainingParameters {
    readonly where: "remote";
    readonly image: string;
    readonly resources: PodResources;
    /** Present when `use_init_container(s)` is on. */
    readonly git?: GitSettings;
}

export interface S3Settings {
    /** The endpoint for this machine; absent means the AWS default. */
    readonly endpoint?: string;
    /** The endpoint for pods: the inside address of a known Nautilus pool, else the same as `endpoint`. */
    readonly podEndpoint?: string;
    /** From `[luigi_s3]`, when given there. */
    readonly accessKeyId?: string;
    readonly secretAccessKey?: string;
}

export interface WandbSettings {
    /** From `[luigi_wandb]`, when given there. */
    readonly apiKey?: string;
    readonly entity?: string;
    readonly project?: string;
    readonly group?: string;
    readonly name?: string;
    readonly tags: readonly string[];
}

/** A whole experiment as configured. */
export interface ExperimentSettings {
    readonly stack: StackSettings;
    readonly directories: Directories;
    readonly training: LocalTraining | RemoteTraining;
    readonly s3: S3Settings;
    /** Private key for git over SSH; absolute. */
    readonly ssh: { readonly file: string };
    readonly wandb: WandbSettings;
    /** Every value of every section, in file order of first appearance. */
    readonly values: readonly ResolvedValue[];
}
