// `aframe init-from`: makes an experiment that repeats the run that a run.json tells of.
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { parseBucketUrl } from "../../config/location.ts";
import { parseRunFile, type RunFile, runFileName } from "../../pipeline/provenance/runFile.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { exitCodes, isSystemError, UsageError } from "../errors.ts";
import { initOptions } from "../init/command.ts";
import type { FileComparison } from "../init/compare.ts";
import { makeExperiment } from "../init/make.ts";
import { type Repetition, repeatRun } from "../init/repeat.ts";
import { checkRequest, type InitRequest } from "../init/request.ts";
import { stackFileName, stacksDirectoryOf } from "../project.ts";

export const command = defineCommand({
    name: "aframe init-from",
    summary: "make an experiment that repeats a run, from the run.json beside its model",
    details: `
The new experiment has every setting of the run, its seeds, its files (train.yaml and the like) and its place of
training; a run whose code came from git has git_ref set to the very commit. Paths into the directories of the run lead
into those of the new experiment. Nothing is run, and nothing that exists is written over.

On S3, data and model go beside those of the run, under the new stack's name, unless --s3-bucket says otherwise. Keys
for S3 come from the usual AWS chain, the server from --s3-endpoint or AWS_ENDPOINT_URL. Credentials are in no run.json:
set them with aframe config set --secret where the usual chains do not have them.`,
    positionals: [
        {
            name: "RUN",
            description: "a run.json, or the run directory that holds it; a path or s3://BUCKET/PREFIX",
            required: true,
            completes: "files",
        },
    ],
    options: {
        directory: initOptions.directory,
        stack: initOptions.stack,
        "s3-bucket": { ...initOptions["s3-bucket"], description: "where data and run dir go (default: see below)" },
        "s3-endpoint": { type: "string", hint: "URL", description: "S3 server that has RUN" },
    },
    run: async (options, [source = ""], context) => {
        const { directory, stack, "s3-bucket": bucket, "s3-endpoint": endpoint } = options;
        const stopped = new AbortController();
        process.once("SIGINT", () => {
            stopped.abort();
        });
        const stacks = stacksDirectoryOf(context.checkout);
        const wanted = { mode: undefined, "weights-dir": undefined, force: false };
        const request = await checkRequest({ ...wanted, directory, stack, "s3-bucket": bucket }, context, stacks);
        const { run, place } = await readRun(source, endpoint, context);
        const repetition = await repeatRun(run, place, request, context);
        const stackPath = path.join(stacks, stackFileName(request.stack));
        await makeExperiment(
            {
                directory: request.directory,
                texts: repetition.texts,
                stackFile: { path: stackPath, text: repetition.stackText },
                signal: stopped.signal,
            },
            context,
            (comparison) => {
                refuseExisting(request, comparison);
            },
        );
        context.stdout.write(describeResult(run, request, repetition, stackPath));
        return exitCodes.done;
    },
});

interface FoundRun {
    readonly run: RunFile;
    /** Where it was read. */
    readonly place: string;
}

async function readRun(source: string, endpoint: string | undefined, context: Context): Promise<FoundRun> {
    if (source.startsWith("s3://")) return readFromS3(source, endpoint);
    const given = path.resolve(context.currentDirectory, source);
    const isDirectory = (await stat(given).catch(() => undefined))?.isDirectory() === true;
    const file = isDirectory ? path.join(given, runFileName) : given;
    try {
        return { run: parseRunFile(await readFile(file, "utf8"), file), place: file };
    } catch (error) {
        if (isSystemError(error)) throw new UsageError(`RUN: ${file} cannot be read: ${error.message}`);
        throw error;
    }
}

async function readFromS3(source: string, endpoint: string | undefined): Promise<FoundRun> {
    const { readObject } = await import("../../pipeline/provenance/place.ts");
    const { bucket, prefix } = parseBucketUrl(source);
    const key = prefix.endsWith(".json") ? prefix : `${prefix}/${runFileName}`;
    const place = `s3://${bucket}/${key}`;
    const server = endpoint === undefined ? {} : { endpoint };
    const text = await readObject({ Bucket: bucket, Key: key }, server, { retries: 1 });
    if (text === undefined) throw new UsageError(`RUN: there is no ${place}`);
    return { run: parseRunFile(text, place), place };
}

function refuseExisting({ directory }: InitRequest, comparison: readonly FileComparison[]): void {
    const present = comparison.filter(({ state }) => state !== "missing").map(({ name }) => name);
    if (present.length > 0) {
        throw new UsageError(
            `${directory} holds an experiment already (${present.join(", ")}); nothing was written. ` +
                "Give another --directory",
        );
    }
}

function describeResult(
    run: RunFile,
    { directory, stack }: InitRequest,
    { places }: Repetition,
    stackPath: string,
): string {
    const { code, training, experiment } = run;
    const isThere = Object.values(places).some((place) => place.startsWith("s3://"));
    const commit = code && `${code.commit}${code.checkout === undefined ? ` of ${code.url ?? ""}` : ""}`;
    return [
        `Made experiment ${stack} in ${directory}, which repeats ${experiment} (trained ${training.finished ?? run.time})`,
        `  settings  ${path.join(directory, "sandbox.cfg")}`,
        `  run       ${path.join(directory, "run.sh")}`,
        `  stack     ${stackPath}`,
        ...(isThere ? [`  data      ${places.AFRAME_TRAIN_DATA_DIR ?? ""}`] : []),
        ...(isThere ? [`  model     ${places.AFRAME_TRAIN_RUN_DIR ?? ""}`] : []),
        ...(commit === undefined ? [] : [`  code      ${commit}`]),
        ...(code?.checkout === undefined ? [] : [`  to do     bring ${code.checkout} to that commit${modified(code)}`]),
        ...(training.adopted
            ? ["  mind      its model was taken over ready-made; this trains by its settings instead"]
            : []),
        `Next: look with \`aframe preview --stack ${stack}\`, then start run.sh`,
        "",
    ].join("\n");
}

function modified({ modified: was }: NonNullable<RunFile["code"]>): string {
    return was === true ? "; it had other changes too when it ran, which are not kept" : "";
}
