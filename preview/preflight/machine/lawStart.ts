// How law is started to be asked: as for a stage, but so that nothing is installed or written on the way.
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { findLawCommand } from "../../../config/lawCommand.ts";
import type { StackSettings } from "../../../config/settings.ts";
import { type Place, placeOfStackKey, placeOfVariable } from "../../places.ts";
import type { Finding } from "../check.ts";

export interface LawStart {
    readonly command: readonly string[];
    /** What brings its environment up to date. @default nothing that is known */
    readonly install?: string;
    /** Whether the stages do that by themselves. */
    readonly isSelfInstalling: boolean;
}

/** law cannot be asked; the finding tells why. */
export class LawSilent extends Error {
    readonly finding: Finding;

    constructor(finding: Finding) {
        super(finding.problem.message);
        this.finding = finding;
    }
}

/** What decides which law it is. */
export function placeOfLaw(stack: StackSettings): Place {
    const isByCheckout = stack.law === undefined && (stack.environment.AFRAME_REPO ?? "") !== "";
    return isByCheckout ? placeOfVariable("AFRAME_REPO") : placeOfStackKey(stack, "law");
}

export interface StartOptions {
    readonly environment: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
}

/** Throws a LawSilent when there is no law to be asked. */
export async function startOfLaw(stack: StackSettings, options: StartOptions): Promise<LawStart> {
    const command = findLawCommand(stack);
    const [manager = "", ...words] = command;
    if (path.basename(manager) === "uv" && words[0] === "run") {
        return await startByUv(stack, manager, words, options);
    }
    if (path.basename(manager) === "poetry" && words.includes("run")) {
        return await startByPoetry(stack, manager, words, options);
    }
    return { command, isSelfInstalling: false };
}

/** `uv run` makes the environment when there is none, even with --no-sync, so its law is started without uv. */
async function startByUv(
    stack: StackSettings,
    uv: string,
    words: readonly string[],
    { environment, signal }: StartOptions,
): Promise<LawStart> {
    const at = words.findIndex((word) => /^--(project|directory)(=|$)/.test(word));
    const project = words[at]?.includes("=") ? words[at].replace(/^[^=]*=/, "") : words[at + 1];
    if (at < 0 || project === undefined) {
        const message = "uv is not told of a project, and what it would run cannot be told without running it";
        throw silent(stack, "unknown", message, "uv run --project CHECKOUT law");
    }
    await execute(stack, uv, ["--version"], environment, signal);
    const folder = path.resolve(project, environment.UV_PROJECT_ENVIRONMENT ?? ".venv");
    const law = path.join(folder, "bin", words.at(-1) ?? "law");
    const install = `${uv} sync --project ${project}`;
    if (!(await canExecute(law))) {
        const message = `there is no ${law} yet, and uv would have to make it before the first stage`;
        throw silent(stack, "warning", message, `make it now, to see whether that works: ${install}`);
    }
    return { command: [law], install, isSelfInstalling: true };
}

/** `poetry run` makes an empty environment when there is none. */
async function startByPoetry(
    stack: StackSettings,
    poetry: string,
    words: readonly string[],
    { environment, signal }: StartOptions,
): Promise<LawStart> {
    const options = words.slice(0, words.indexOf("run"));
    const install = [poetry, ...options, "install"].join(" ");
    const { exitCode, stdout } = await execute(
        stack,
        poetry,
        [...options, "env", "info", "--path"],
        environment,
        signal,
    );
    if (exitCode !== 0) {
        throw silent(stack, "error", "poetry has no environment for law", install);
    }
    const law = path.join(stdout.trim(), "bin", words.at(-1) ?? "law");
    if (!(await canExecute(law))) {
        throw silent(stack, "error", `there is no ${law}`, install);
    }
    return { command: [law], install, isSelfInstalling: false };
}

async function execute(
    stack: StackSettings,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cancelSignal: AbortSignal,
) {
    const result = await execa(command, args, { env, extendEnv: false, reject: false, cancelSignal, stdin: "ignore" });
    cancelSignal.throwIfAborted();
    if (result.code === "ENOENT") {
        throw silent(stack, "error", `there is no command ${command}`, "install it, or name another law in aframe:law");
    }
    return result;
}

async function canExecute(file: string): Promise<boolean> {
    return access(file, constants.X_OK).then(
        () => true,
        () => false,
    );
}

export function silent(stack: StackSettings, level: Finding["level"], message: string, suggestion?: string): LawSilent {
    const problem = { ...placeOfLaw(stack), message, ...(suggestion !== undefined && { suggestion }) };
    return new LawSilent({ level, problem });
}
