// Experiments for the checks of this machine.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describeProblem } from "../../../../config/errors.ts";
import type { ExperimentSettings, StackSettings } from "../../../../config/settings.ts";
import type { Check, CheckResult, Subject } from "../../../../preview/preflight/check.ts";
import { machineChecks } from "../../../../preview/preflight/machine/checks.ts";
import { type Report, runChecks } from "../../../../preview/preflight/run.ts";
import { experimentSettings, type Recipe } from "../../../components/fixture.ts";

const source = path.join(import.meta.dirname, "../../../..");

/** A real Python environment with law. */
export const environment = path.join(source, ".venv");
export const law = path.join(environment, "bin", "law");

/** law with the tasks of the miniature. */
export const miniatureLaw = [
    path.join(environment, "bin", "python"),
    path.join(source, "demo", "miniature", "law_command.py"),
];

export interface Variation extends Recipe {
    /** Added to the stack's environment map. */
    readonly variables?: Readonly<Record<string, string>>;
    readonly subject?: Partial<Subject>;
}

export function subjectOf({ variables, subject, ...recipe }: Variation = {}): Subject {
    const settings = withVariables(experimentSettings(recipe), variables);
    const ambient = { PATH: process.env.PATH, HOME: settings.stack.directory };
    const { directory: home } = settings.stack;
    return { settings, s3: {}, dataBytes: 0, knownHostsFiles: [], home, environment: ambient, ...subject };
}

function withVariables(settings: ExperimentSettings, variables: Variation["variables"] = {}): ExperimentSettings {
    const stack: StackSettings = {
        ...settings.stack,
        environment: { ...settings.stack.environment, ...variables },
    };
    return { ...settings, stack };
}

/** Of the checks with these names. */
export function reportsOf(subject: Subject, names: readonly string[], timeLimitMs = 60_000): Promise<Report[]> {
    const checks = machineChecks(subject).filter(({ name }: Check) => names.includes(name));
    return runChecks(checks, { timeLimitMs });
}

export function askLaw(command: readonly string[]): Promise<Report[]> {
    return reportsOf(subjectOf({ stack: { law: command } }), ["law", "law tasks"]);
}

export function told(result: CheckResult | undefined): string[] {
    return (result?.findings ?? []).map(({ level, problem }) => `${level}: ${describeProblem(problem)}`);
}

/** A command of these lines of shell. */
export function script(folder: string, name: string, ...lines: string[]): string {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"));
    chmodSync(file, 0o700);
    return file;
}
