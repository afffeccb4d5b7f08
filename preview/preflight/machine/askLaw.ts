// Asks law itself which tasks it can import, with the environment and the cfg of the stages.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { lawEnvironment } from "../../../components/experimentDirectories.ts";
import { renderLawConfig } from "../../../config/lawConfig.ts";
import type { StackSettings } from "../../../config/settings.ts";
import { stagesOf } from "../../../pipeline/catalog.ts";
import { runTask, type TaskOptions, type TaskResult } from "../../../pipeline/stage/process.ts";
import { redactor } from "../../../pipeline/stage/redact.ts";
import { inheritedEnvironment } from "../../../pipeline/stage/task.ts";
import type { Subject } from "../check.ts";
import { type LawStart, silent, startOfLaw } from "./lawStart.ts";

/** As aframe_preflight.py gives it. */
export interface LawAnswer {
    readonly law: string;
    readonly python: string;
    /** Of that Python; absolute. */
    readonly executable: string;
    /** By Python path. */
    readonly tasks: Readonly<Record<string, TaskAnswer>>;
}

export type TaskAnswer =
    /** File name of the image; empty when it cannot be told, null for a task that needs none. */
    | { readonly container: string | null }
    /** Name of the module that is not there. */
    | { readonly missing: string }
    /** What the import raised, and where. */
    | { readonly failure: string; readonly at: string }
    /** The module has no such task, but these. */
    | { readonly others: readonly string[] };

export interface AskedLaw extends LawStart {
    readonly answer: LawAnswer;
}

const module = "aframe_preflight";

/** Throws a LawSilent when there is no answer. */
export async function askLaw(subject: Subject, signal: AbortSignal): Promise<AskedLaw> {
    const folder = await mkdtemp(path.join(tmpdir(), "aframe-law-"));
    try {
        const environment = await prepareEnvironment(subject, folder);
        const start = await startOfLaw(subject.settings.stack, { environment, signal });
        return { ...start, answer: await runLaw(subject, start, { cwd: folder, environment, signal }) };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

type Surroundings = Required<Pick<TaskOptions, "cwd" | "environment" | "signal">>;

async function runLaw(
    { settings, wandbApiKey, s3 }: Subject,
    start: LawStart,
    surroundings: Surroundings,
): Promise<LawAnswer> {
    const { signal } = surroundings;
    const tasks = stagesOf(settings).map(({ task }) => task);
    const redact = redactor([wandbApiKey ?? "", s3.secretAccessKey ?? ""]);
    const lines: string[] = [];
    const ended = await runTask({
        ...surroundings,
        command: [...start.command, "run", `${module}.Tasks`, ...tasks],
        onLine: (line) => lines.push(redact(line)),
        graceMs: 500,
    }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw notStarted(settings.stack, start, error as Error);
    });
    signal.throwIfAborted();
    const answer = lines.find((line) => line.startsWith(`${module} {`));
    if (ended.exitCode !== 0 || answer === undefined) {
        throw failed(settings.stack, start, ended, lines);
    }
    return JSON.parse(answer.slice(module.length)) as LawAnswer;
}

/** The cfg of the stages is only written when they run, so law gets one of its own. */
async function prepareEnvironment({ settings, environment }: Subject, folder: string): Promise<Record<string, string>> {
    const config = path.join(folder, "law.cfg");
    await writeFile(config, renderLawConfig(settings));
    const inherited = inheritedEnvironment(environment);
    const given = { ...inherited, ...lawEnvironment(settings) };
    const { PYTHONPATH } = given as { PYTHONPATH?: string };
    return {
        ...given,
        LAW_CONFIG_FILE: config,
        PYTHONPATH: [import.meta.dirname, ...(PYTHONPATH ? [PYTHONPATH] : [])].join(path.delimiter),
        // A look must not leave compiled modules in the checkout.
        PYTHONDONTWRITEBYTECODE: "1",
    };
}

function notStarted(stack: StackSettings, { install }: LawStart, { message }: Error) {
    const checkout = stack.law === undefined ? (stack.environment.AFRAME_REPO ?? "") : "";
    const why = checkout === "" ? "" : `, and ${checkout} has no uv.lock or poetry.lock that would tell of another`;
    const suggestion = "set AFRAME_REPO to the Aframe checkout in run.sh, or name the command in aframe:law";
    return install === undefined
        ? silent(stack, "error", `${message}${why}`, suggestion)
        : silent(stack, "error", message, install);
}

function failed(
    stack: StackSettings,
    { command }: LawStart,
    { exitCode, signal }: TaskResult,
    lines: readonly string[],
) {
    const said = lines.filter((line) => line.trim() !== "");
    if (said.some((line) => line.includes(`No module named '${module}'`))) {
        const message = `${command.join(" ")} does not look for modules in PYTHONPATH, so it cannot be asked for its tasks`;
        return silent(stack, "unknown", message);
    }
    const failure = signal ? `was killed by ${signal}` : `failed with exit code ${exitCode ?? "?"}`;
    const end = exitCode === 0 ? "ended, but is not law" : failure;
    return silent(
        stack,
        "error",
        [`${command.join(" ")} ${end}`, ...said.slice(-5).map((line) => `    ${line}`)].join("\n"),
    );
}
