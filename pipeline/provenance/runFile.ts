// run.json: what is kept beside a trained model so that its run can be told, and done again.
import * as v from "valibot";
import { ConfigError } from "../../config/errors.ts";

/** Its name in the run directory. */
export const runFileName = "run.json";

const text = (description: string) => v.pipe(v.string(), v.description(description));
const texts = (description: string) => v.pipe(v.record(v.string(), v.string()), v.description(description));

const origin = v.pipe(
    v.variant("kind", [
        v.object({ kind: v.literal("file"), file: v.string(), line: v.number() }),
        v.object({ kind: v.literal("stack"), key: v.string() }),
        v.object({ kind: v.literal("environment"), name: v.string() }),
        v.object({ kind: v.literal("default") }),
    ]),
    v.description("where it was written"),
);

const setting = v.object({
    section: v.string(),
    key: v.string(),
    value: text("as law reads it, references and variables resolved"),
    origin,
    via: v.pipe(v.array(v.string()), v.description("the references followed to it, as section::key, nearest first")),
});

const model = v.object({
    uri: text("address, or path on the machine that trained"),
    manifestDigest: text("of all that the training made: names, sizes and SHA-256"),
    sha256: v.optional(text("of model.pt")),
    bytes: v.optional(v.pipe(v.number(), v.description("of model.pt"))),
});

const training = v.object({
    where: v.picklist(["local", "remote"]),
    digest: text("names this very training: settings, code and data"),
    seed: v.number(),
    gpus: v.pipe(v.number(), v.description("how many there were")),
    command: v.pipe(v.array(v.string()), v.description("what ran: law here, the arguments of train in a pod")),
    finished: v.optional(text("ISO 8601")),
    seconds: v.optional(v.pipe(v.number(), v.description("what it took"))),
    adopted: v.optional(
        v.pipe(v.literal(true), v.description("the model was there before and taken over: what made it is not known")),
    ),
    image: v.optional(text("of the pod, as configured")),
    imageDigest: v.optional(text("of the image that ran, as the cluster told it: sha256:…")),
    job: v.optional(v.object({ context: v.string(), namespace: v.string(), name: v.string(), uid: v.string() })),
    pod: v.optional(v.object({ name: v.string(), node: v.optional(v.string()) })),
    packages: v.optional(texts("Python and the packages beside it, name to version, of the pod")),
});

const code = v.object({
    url: v.optional(text("git address; absent for a checkout of the machine that trained")),
    ref: v.optional(text("what was asked for: branch, tag or commit")),
    commit: v.string(),
    checkout: v.optional(text("path of the checkout whose tasks ran")),
    modified: v.optional(v.pipe(v.boolean(), v.description("the checkout had changes that are in no commit"))),
});

export const directoryNames = ["trainData", "testData", "run", "condor", "results", "tmp"] as const;
const directory = v.string();

const directories = v.object({
    trainData: directory,
    testData: directory,
    run: directory,
    condor: directory,
    results: directory,
    tmp: directory,
} satisfies Record<(typeof directoryNames)[number], typeof directory>);

/** What of the stack's config is more than a setting of the cfg. */
const stack = v.object({
    directory: text("the experiment directory"),
    environment: v.record(v.string(), v.string()),
    law: v.optional(v.array(v.string())),
    workers: v.number(),
    gpus: v.string(),
    dev: v.boolean(),
    kubernetes: v.optional(v.object({ context: v.string(), namespace: v.string() })),
    volume: v.optional(v.object({ storageClassName: v.string(), size: v.string() })),
    podTemplatePatch: v.optional(v.record(v.string(), v.unknown())),
    artifacts: v.picklist(["retain", "delete"]),
    adoptExisting: v.boolean(),
    wait: v.boolean(),
    preflight: v.boolean(),
    policy: v.picklist(["off", "warn", "strict"]),
    policyProfile: v.string(),
});

export const runFileSchema = v.object({
    version: v.literal(1),
    experiment: text("the stack's name"),
    time: text("when this was written, ISO 8601"),
    tool: text("what wrote it, as name/version"),
    versions: texts("Node and the libraries that declared the run, name to version"),
    model,
    training,
    code: v.optional(code),
    data: texts("stage that made training data to the digest of its manifest"),
    directories: v.pipe(directories, v.description("addresses, or paths on the machine that ran the experiment")),
    stack,
    settings: v.pipe(v.array(setting), v.description("every value of the configuration but credentials")),
    files: texts("path to text of the files that the settings name: train.yaml and the like"),
});

export type RunFile = v.InferOutput<typeof runFileSchema>;

/** What is known before anything runs; the rest is seen when the training has ended. */
export type RunDescription = Pick<RunFile, "experiment" | "directories" | "stack" | "settings" | "files"> & {
    readonly training: Pick<RunFile["training"], "where" | "seed" | "gpus" | "command" | "image">;
    readonly code?: Pick<NonNullable<RunFile["code"]>, "url" | "ref">;
};

/** @param source - names the text in errors */
export function parseRunFile(json: string, source: string): RunFile {
    const wrong = (message: string) => new ConfigError([{ file: source, message }]);
    let value: unknown;
    try {
        value = JSON.parse(json);
    } catch (error) {
        throw wrong(`is not JSON: ${(error as Error).message}`);
    }
    const version = (value as { version?: unknown } | null)?.version;
    if (typeof version === "number" && version !== 1) {
        throw wrong(`is of version ${version}, and this program reads version 1; use a newer one`);
    }
    const parsed = v.safeParse(runFileSchema, value);
    if (!parsed.success) {
        throw new ConfigError(
            parsed.issues.map((issue) => ({
                file: source,
                ...keyOf(v.getDotPath(issue)),
                message: issue.message,
            })),
        );
    }
    return parsed.output;
}

function keyOf(path: string | null): { key?: string } {
    return path === null ? {} : { key: path };
}
