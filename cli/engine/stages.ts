// What the state says about each stage before an operation: why a stage runs again cannot be told without it.
import type { Context } from "../commandLine.ts";
import { projectName, type Stack } from "../project.ts";
import { embeddedBackend } from "./backend.ts";

export interface StageBefore {
    readonly command: readonly string[];
    /** Artefacts that a refresh found missing or changed. */
    readonly damaged: readonly string[];
    /** It was left out because its input was not there yet. */
    readonly waited: boolean;
}

interface Resource {
    readonly urn: string;
    readonly type: string;
    readonly inputs?: { readonly command?: readonly string[] };
    readonly outputs?: { readonly damaged?: readonly string[]; readonly manifestDigest?: string };
}

export const stageType = "pulumi-nodejs:dynamic/aframe:Stage";

/** By URN. Nothing of this is encrypted, so that the state need not be opened with the passphrase. */
export async function stagesBefore(stack: Stack, context: Context): Promise<ReadonlyMap<string, StageBefore>> {
    const { FileBackend } = await import("../../embedded/state/backend.ts");
    const text = await new FileBackend(embeddedBackend(context), projectName, stack.name).read();
    if (text === undefined) return new Map();
    const state = JSON.parse(text) as { checkpoint?: { latest?: { resources?: readonly Resource[] } } };
    const stages = (state.checkpoint?.latest?.resources ?? []).filter(({ type }) => type === stageType);
    return new Map(
        stages.map(({ urn, inputs, outputs }) => [
            urn,
            {
                command: inputs?.command ?? [],
                damaged: outputs?.damaged ?? [],
                waited: outputs?.manifestDigest === "",
            },
        ]),
    );
}
