// What aframe-init was asked for, checked in full before anything is written.
import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { ConfigError } from "../../config/errors.ts";
import { parseBucketUrl } from "../../config/location.ts";
import type { Context, OptionValues } from "../commandLine.ts";
import { UsageError } from "../errors.ts";
import { listStacks, stackNamePattern, stackNameRule } from "../project.ts";
import { directoryOf, StackFile } from "../stackFile.ts";
import type { initOptions } from "./command.ts";

export interface InitRequest {
    /** The experiment directory, absolute. */
    readonly directory: string;
    /** Address under which training data and the run dir go, without trailing slash. */
    readonly bucket?: string;
    readonly stack: string;
    /** A folder with trained weights, absolute. */
    readonly weights?: string;
    /** An Aframe checkout whose tasks are run. */
    readonly repository?: string;
    readonly force: boolean;
}

export async function checkRequest(
    options: OptionValues<typeof initOptions>,
    context: Context,
    stacksDirectory: string,
): Promise<InitRequest> {
    if (options.mode !== undefined && options.mode !== "sandbox") {
        throw new UsageError(`--mode ${options.mode} is not supported yet; allowed: sandbox`);
    }
    const directory = await checkDirectory(options.directory, context);
    const bucket = options["s3-bucket"] === undefined ? undefined : checkBucket(options["s3-bucket"]);
    const stack = checkStackName(options.stack, directory);
    await checkStackIsFree(stack, directory, stacksDirectory);
    const weights =
        options["weights-dir"] === undefined
            ? undefined
            : await checkWeights(absolutePath(options["weights-dir"], context), directory);
    const repository = context.environment.AFRAME_REPO;
    return {
        directory,
        stack,
        force: options.force,
        ...(bucket !== undefined && { bucket }),
        ...(weights !== undefined && { weights }),
        ...(repository && (await isAframeCheckout(repository)) && { repository: path.resolve(repository) }),
    };
}

/** Absolute; a leading `~`, which the shell leaves alone in `--directory=~/x`, is the home directory. */
function absolutePath(text: string, { home, currentDirectory }: Context): string {
    return path.resolve(
        currentDirectory,
        text.replace(/^~(?=\/|$)/, () => home),
    );
}

async function checkDirectory(text: string | undefined, context: Context): Promise<string> {
    if (text === undefined) throw new UsageError("--directory is missing: the experiment directory to make");
    if (text === "") throw new UsageError("--directory is empty");
    const directory = absolutePath(text, context);
    if (/[\p{Cc}\ufeff]/u.test(directory)) {
        throw new UsageError(`--directory holds a control character, which no cfg can: ${JSON.stringify(directory)}`);
    }
    const existing = await nearestExisting(directory);
    if (!(await stat(existing)).isDirectory()) throw new UsageError(`--directory: ${existing} is not a directory`);
    try {
        await access(existing, constants.W_OK | constants.X_OK);
    } catch {
        throw new UsageError(`--directory: no permission to write in ${existing}`);
    }
    return directory;
}

/** The path itself, or the nearest folder above it that exists. */
export async function nearestExisting(target: string): Promise<string> {
    for (let at = target; ; at = path.dirname(at)) {
        if (at === path.dirname(at) || (await stat(at).catch(() => undefined))) return at;
    }
}

function checkBucket(text: string): string {
    try {
        return parseBucketUrl(text, { prefix: "optional" }).uri;
    } catch (error) {
        if (error instanceof ConfigError) throw new UsageError(`--s3-bucket: ${error.message}`);
        throw error;
    }
}

function checkStackName(given: string | undefined, directory: string): string {
    if (given !== undefined) {
        if (stackNamePattern.test(given)) return given;
        throw new UsageError(`--stack is ${JSON.stringify(given)}; allowed: ${stackNameRule}`);
    }
    const name = path
        .basename(directory)
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .replace(/[^a-zA-Z0-9_.-]+/g, "-")
        .replace(/^[^a-zA-Z0-9]+|[-.]+$/g, "")
        .slice(0, 100);
    if (stackNamePattern.test(name)) return name;
    throw new UsageError(
        `no stack name can be made from ${JSON.stringify(path.basename(directory))}; give --stack NAME`,
    );
}

/** One stack has one directory, and the other way round: they share records and logs. */
async function checkStackIsFree(name: string, directory: string, stacksDirectory: string): Promise<void> {
    for (const stack of await listStacks(stacksDirectory)) {
        const other = directoryOf(await StackFile.read(stack.file));
        if (stack.name === name && other !== directory) {
            throw new UsageError(
                `stack "${name}" exists already, for ${other ?? "no directory"} (${stack.file}); give another --stack NAME`,
            );
        }
        if (stack.name !== name && other === directory) {
            throw new UsageError(
                `${directory} belongs to stack "${stack.name}" (${stack.file}); give --stack ${stack.name}`,
            );
        }
    }
}

async function checkWeights(weights: string, directory: string): Promise<string> {
    const found = await stat(weights).catch(() => undefined);
    if (!found?.isDirectory()) throw new UsageError(`--weights-dir: ${weights} is not a directory`);
    if (!(await stat(path.join(weights, "model.pt")).catch(() => undefined))?.isFile()) {
        throw new UsageError(`--weights-dir: ${weights} holds no model.pt`);
    }
    const [source, target] = await Promise.all([realpath(weights), realpath(await nearestExisting(directory))]);
    const inside = path.relative(source, path.join(target, "x"));
    if (!inside.startsWith(`..${path.sep}`))
        throw new UsageError(`--weights-dir: ${weights} holds the experiment directory`);
    return weights;
}

export async function isAframeCheckout(directory: string): Promise<boolean> {
    const parts = ["pyproject.toml", "aframe"].map((name) => stat(path.join(directory, name)).catch(() => undefined));
    const [project, tasks] = await Promise.all(parts);
    return project?.isFile() === true && tasks?.isDirectory() === true;
}
