// Where the checkout keeps its stacks, and which one a command is about.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { didYouMean } from "../config/similar.ts";
import type { Context } from "./commandLine.ts";
import { isSystemError, UsageError } from "./errors.ts";

/** The project's name in Pulumi.yaml. */
export const projectName = "aframe";

export interface Stack {
    readonly name: string;
    /** `stacks/Pulumi.<name>.yaml`, absolute. */
    readonly file: string;
}

export const stackNamePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$/;

export const stackNameRule = "1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit";

export function stacksDirectoryOf(checkout: string): string {
    return path.join(checkout, "stacks");
}

export function stackFileName(name: string): string {
    return `Pulumi.${name}.yaml`;
}

export async function listStacks(stacksDirectory: string): Promise<Stack[]> {
    const names = await readdir(stacksDirectory).catch((error: unknown) => {
        if (isSystemError(error) && error.code === "ENOENT") return [];
        throw error;
    });
    return names
        .flatMap((file) => {
            const name = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
            return name === undefined ? [] : [{ name, file: path.join(stacksDirectory, file) }];
        })
        .sort((a, b) => a.name.localeCompare(b.name));
}

/** The stack named on the command line, else by AFRAME_STACK, else the only one there is. */
export async function findStack(given: string | undefined, context: Context): Promise<Stack> {
    const stacks = await listStacks(stacksDirectoryOf(context.checkout));
    const wanted = given ?? (context.environment.AFRAME_STACK || undefined);
    const names = stacks.map(({ name }) => name);
    if (stacks.length === 0) throw new UsageError("there is no experiment yet; aframe-init makes one");
    if (wanted === undefined) {
        const [only, ...others] = stacks;
        if (only && others.length === 0) return only;
        throw new UsageError(`which experiment? Give --stack NAME or set AFRAME_STACK; there are ${names.join(", ")}`);
    }
    const found = stacks.find(({ name }) => name === wanted);
    if (found) return found;
    const source = given === undefined ? "AFRAME_STACK names" : "--stack names";
    const hint = didYouMean(wanted, names) ?? `there are ${names.join(", ")}`;
    throw new UsageError(`${source} "${wanted}", which does not exist (${hint})`);
}
