// `aframe-init offline`: makes an experiment directory and its stack.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { knownSections } from "../../config/defaults.ts";
import { type Command, type Context, defineCommand, type OptionValues } from "../commandLine.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { stackFileName, stacksDirectoryOf } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { type FileComparison, isPresent } from "./compare.ts";
import { currentCluster } from "./kubeconfig.ts";
import { makeExperiment } from "./make.ts";
import { checkRequest, type InitRequest } from "./request.ts";
import { directoriesOf, renderRunScript } from "./runScript.ts";
import { type NewStack, renderStackFile, renewStackFile } from "./stackFile.ts";
import { renderConfigFiles } from "./templates.ts";

export const initOptions = {
    mode: {
        type: "string",
        hint: "sandbox",
        description: "kind of experiment; tune and review are not supported yet",
        completes: ["sandbox"],
    },
    directory: {
        type: "string",
        short: "d",
        hint: "D",
        description: "experiment directory to make (required)",
        completes: "directories",
    },
    "s3-bucket": {
        type: "string",
        hint: "s3://BUCKET/PREFIX",
        description: "put training data and the run dir on S3, so that training is remote",
    },
    "weights-dir": {
        type: "string",
        hint: "W",
        description: "copy trained weights (model.pt, …) to D/training",
        completes: "directories",
    },
    stack: { type: "string", hint: "NAME", description: "name of the experiment's stack (default: from D's name)" },
    force: { type: "boolean", description: "write over an existing experiment, keeping a backup of its files" },
} as const;

export const initCommand: Command = defineCommand({
    name: "aframe-init",
    summary: "makes an experiment directory and its stack",
    positionals: [
        {
            name: "offline",
            description: "the offline pipeline, the only one supported",
            required: true,
            completes: ["offline"],
        },
    ],
    options: initOptions,
    run: async (options, [pipeline], context) => {
        if (pipeline !== "offline") throw new UsageError(`"${pipeline ?? ""}" is not supported; allowed: offline`);
        const stopped = new AbortController();
        process.once("SIGINT", () => {
            stopped.abort();
        });
        return initExperiment(options, context, stacksDirectoryOf(context.checkout), stopped.signal);
    },
});

export async function initExperiment(
    options: OptionValues<typeof initOptions>,
    context: Context,
    stacksDirectory: string,
    signal: AbortSignal,
): Promise<number> {
    const request = await checkRequest(options, context, stacksDirectory);
    const { directory, stack } = request;
    const stackPath = path.join(stacksDirectory, stackFileName(stack));
    const newStack = await describeStack(request, context);
    const texts: Record<string, string> = {
        ...(await renderConfigFiles(directory)),
        "run.sh": renderRunScript({
            directory,
            variables: directoriesOf(directory, request.bucket),
            checkout: context.checkout,
            stack,
        }),
    };
    const { backup } = await makeExperiment(
        {
            directory,
            texts,
            ...(request.weights !== undefined && { weights: request.weights }),
            stackFile: { path: stackPath, text: await stackFileText(stackPath, newStack) },
            signal,
        },
        context,
        (comparison) => refuseExisting(request, comparison, context),
    );
    context.stdout.write(describeResult(request, newStack, stackPath, backup));
    return exitCodes.done;
}

async function describeStack(request: InitRequest, context: Context): Promise<NewStack> {
    const { directory, bucket, repository } = request;
    const named = context.environment.AFRAME_REPO;
    if (named && repository === undefined) {
        context.stderr.write(`note: AFRAME_REPO is ${named}, which is no Aframe checkout; it is left out\n`);
    }
    if (request.weights !== undefined && bucket !== undefined) {
        context.stderr.write(
            `note: the run dir is ${bucket}/training, so the weights in ${directory}/training are not used from there\n`,
        );
    }
    return {
        name: request.stack,
        directory,
        variables: {
            ...directoriesOf(directory, bucket),
            ...(repository !== undefined && { AFRAME_REPO: repository }),
            ...fromEnvironment(context.environment),
        },
        ...(bucket !== undefined && { cluster: await currentCluster(context) }),
        adoptExisting: request.weights !== undefined && bucket === undefined,
    };
}

/** The cfg's values that upstream takes from the environment; a stack reads only its own. */
function fromEnvironment(environment: Context["environment"]): Record<string, string> {
    const names = knownSections.flatMap(({ keys }) =>
        keys.flatMap((key) => (key.secret ? [] : (key.environment ?? []))),
    );
    return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

/** The new text of the stack's file: made afresh, or the existing one with the new values in it. */
async function stackFileText(file: string, stack: NewStack): Promise<string> {
    const existing = await readFile(file, "utf8").catch(() => undefined);
    if (existing === undefined) return renderStackFile(stack);
    const document = new StackFile(file, existing);
    renewStackFile(document, stack);
    return document.changes.length === 0 ? existing : document.toString();
}

async function refuseExisting(
    { directory, force, weights }: InitRequest,
    comparison: readonly FileComparison[],
    { stderr }: Context,
): Promise<void> {
    if (force) return;
    if (comparison.some(({ state }) => state !== "missing")) {
        const width = Math.max(...comparison.map(({ name }) => name.length));
        for (const { name, remark } of comparison) stderr.write(`  ${name.padEnd(width)}  ${remark}\n`);
        throw new UsageError(
            `${directory} holds an experiment already; nothing was written. ` +
                "--force writes its files again and keeps those that differ in a backup folder",
        );
    }
    if (weights !== undefined && (await isPresent(directory, "training"))) {
        throw new UsageError(`${path.join(directory, "training")} exists; --force keeps it in a backup folder`);
    }
}

function describeResult(request: InitRequest, stack: NewStack, stackPath: string, backup: string | undefined): string {
    const { directory } = request;
    const missing = stack.cluster && "missing" in stack.cluster ? stack.cluster.missing : undefined;
    return [
        `Made experiment ${request.stack} in ${directory}`,
        `  settings  ${path.join(directory, "sandbox.cfg")}`,
        `  run       ${path.join(directory, "run.sh")}`,
        `  stack     ${stackPath}`,
        ...(backup === undefined ? [] : [`  backup    ${backup}`]),
        ...(missing === undefined ? [] : [`  to do     set aframe:kubernetes in the stack file: ${missing}`]),
        `Next: edit sandbox.cfg, look with \`aframe preview --stack ${request.stack}\`, then start run.sh`,
        "",
    ].join("\n");
}
