// What `aframe up` takes over from run.sh: the exported variables and the flags, into the stack's config.
import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { parseStackSettings } from "../config/stack.ts";
import { UsageError } from "./errors.ts";
import { directoryOf, type StackFile } from "./stackFile.ts";

/** The directories that run.sh exports, in its order. */
export const directoryVariables = [
    "AFRAME_TRAIN_DATA_DIR",
    "AFRAME_TEST_DATA_DIR",
    "AFRAME_TRAIN_RUN_DIR",
    "AFRAME_CONDOR_DIR",
    "AFRAME_RESULTS_DIR",
    "AFRAME_TMPDIR",
] as const;

/** The variables that are copied: the directories, and the Aframe checkout whose tasks run. */
const copiedVariables = [...directoryVariables, "AFRAME_REPO"] as const;

export interface RunFlags {
    readonly workers: string | undefined;
    readonly gpus: string | undefined;
    readonly dev: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Copies into the stack's config what the environment and the flags say; a plain `aframe up` changes nothing. */
export async function takeOver(
    stack: StackFile,
    environment: Environment,
    flags: RunFlags,
    currentDirectory: string,
): Promise<void> {
    const lawConfig = environment.LAW_CONFIG_FILE || undefined;
    if (lawConfig !== undefined) {
        const config = await checkLawConfig(stack, path.resolve(currentDirectory, lawConfig));
        if (config !== (stack.config.config ?? "sandbox.cfg")) stack.set(["config"], config);
    }
    for (const name of copiedVariables) {
        const value = environment[name];
        if (value === "") throw new UsageError(`${name} is set but empty; give it a directory or unset it`);
        if (value !== undefined) stack.set(["environment", name], value);
    }
    const { workers, gpus } = checkFlags(flags);
    if (workers !== undefined) stack.set(["workers"], workers);
    if (gpus !== undefined) stack.set(["gpus"], gpus);
    // Only run.sh, which sets LAW_CONFIG_FILE, says by the absence of --dev that it is off.
    if (flags.dev || (lawConfig !== undefined && stack.config.dev === true)) stack.set(["dev"], flags.dev);
}

/** The flags by the rules of the stack's config, before they get there. */
function checkFlags({ workers, gpus }: RunFlags): { workers?: number; gpus?: string } {
    const given = { ...(workers !== undefined && { workers }), ...(gpus !== undefined && { gpus }) };
    const checked = parseStackSettings("flags", { directory: "/", ...given }, "command line");
    return {
        ...(workers !== undefined && { workers: checked.workers }),
        ...(gpus !== undefined && { gpus: checked.gpus }),
    };
}

/** LAW_CONFIG_FILE must be a file of this stack's experiment; gives its name in there. */
async function checkLawConfig(stack: StackFile, file: string): Promise<string> {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) throw new UsageError(`LAW_CONFIG_FILE is ${file}, which is not a file`);
    const directory = directoryOf(stack);
    if (directory === undefined) throw new UsageError(`${stack.path}: aframe:directory is missing`);
    const canonical = await realpath(directory).catch(() => directory);
    if (canonical !== path.dirname(await realpath(file)) && directory !== path.dirname(file)) {
        throw new UsageError(
            `LAW_CONFIG_FILE is ${file}, but the experiment of ${path.basename(stack.path)} is in ${directory}; ` +
                "give the --stack of that file, or unset LAW_CONFIG_FILE",
        );
    }
    return path.basename(file);
}
