// Whether law runs on this machine, and whether it finds the tasks of the stages.
import type { ExperimentSettings } from "../../../config/settings.ts";
import { didYouMean } from "../../../config/similar.ts";
import { stagesOf } from "../../../pipeline/catalog.ts";
import { Blocked, type CheckResult, type Finding } from "../check.ts";
import { nameFirst } from "../nameFirst.ts";
import type { AskedLaw, TaskAnswer } from "./askLaw.ts";
import { LawSilent, placeOfLaw } from "./lawStart.ts";

export async function checkLaw(asked: Promise<AskedLaw>): Promise<CheckResult> {
    try {
        const { law, python, executable } = (await asked).answer;
        return { summary: `law ${law} with Python ${python} (${executable})` };
    } catch (error) {
        if (error instanceof LawSilent) {
            return { summary: "does not run", findings: [error.finding] };
        }
        throw error;
    }
}

/** Of a check that needs law to have answered. */
export async function answered(asked: Promise<AskedLaw>): Promise<AskedLaw> {
    try {
        return await asked;
    } catch (error) {
        throw error instanceof LawSilent ? new Blocked("law does not run") : error;
    }
}

export async function checkLawTasks(settings: ExperimentSettings, asked: Promise<AskedLaw>): Promise<CheckResult> {
    const law = await answered(asked);
    const stages = stagesOf(settings);
    const lacking = new Map<string, { readonly names: string[]; readonly lack: Lack }>();
    for (const { name, task } of stages) {
        const lack = lackOf(task, law);
        if (lack) {
            const same = lacking.get(lack.why) ?? { names: [], lack };
            same.names.push(name);
            lacking.set(lack.why, same);
        }
    }
    const found = stages.length - [...lacking.values()].reduce((sum, { names }) => sum + names.length, 0);
    return {
        summary: `${found} of ${stages.length} tasks found`,
        findings: [...lacking.values()].map(({ names, lack }) => findingOf(settings, names, lack)),
    };
}

/** Why a task cannot be had. */
interface Lack {
    readonly why: string;
    readonly suggestion?: string | undefined;
    readonly level: Finding["level"];
}

function lackOf(task: string, { answer, install, isSelfInstalling }: AskedLaw): Lack | undefined {
    const found: TaskAnswer | undefined = answer.tasks[task];
    if (found === undefined || "container" in found) {
        return undefined;
    }
    const elsewhere = "install Aframe there, or name the law of its environment in aframe:law";
    if ("missing" in found) {
        return {
            why: `the Python of law (${answer.executable}) has no module ${found.missing}`,
            suggestion: install ?? elsewhere,
            level: isSelfInstalling ? "warning" : "error",
        };
    }
    if ("failure" in found) {
        return { why: `${found.failure} (${found.at})`, level: "error" };
    }
    const name = task.slice(task.lastIndexOf(".") + 1);
    return {
        why: `${task.slice(0, -name.length - 1)} has no such task`,
        suggestion: didYouMean(name, found.others) ?? "is it the right version of Aframe?",
        level: "error",
    };
}

function findingOf({ stack }: ExperimentSettings, names: readonly string[], { why, suggestion, level }: Lack): Finding {
    const message = `law cannot import the ${names.length === 1 ? "task" : "tasks"} ${nameFirst(names)}: ${why}`;
    return { level, problem: { ...placeOfLaw(stack), message, ...(suggestion !== undefined && { suggestion }) } };
}
