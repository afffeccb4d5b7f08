// What the state says about each stage: how it went, and what tells why the next operation runs it again.
import type { StageOutputs } from "../../pipeline/stage/state.ts";
import type { Context } from "../commandLine.ts";
import { projectName, type Stack } from "../project.ts";
import { embeddedBackend } from "./backend.ts";
import type { Deployment, StateResource } from "./deployment.ts";

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

export interface StageState {
    readonly name: string;
    /**
     * `started`: an operation has begun it and not ended; it runs, or was interrupted. `damaged`: a refresh found files
     * of it missing or changed. `waiting`: for a training that was only accepted.
     */
    readonly state: "succeeded" | "started" | "damaged" | "waiting";
    /** How long it took. */
    readonly seconds: number;
}

/** In the order of the state; stages that no operation has come to are not in it. */
export function stageStates({ resources, pending }: Deployment): StageState[] {
    const isStage = ({ type }: StateResource) => type === stageType;
    const begun = new Map(pending.filter(isStage).map((resource) => [resource.urn, resource]));
    const ended = resources.filter(isStage);
    const fresh = [...begun.values()].filter(({ urn }) => !ended.some((resource) => resource.urn === urn));
    return [...ended, ...fresh].map(({ urn, inputs, outputs }) => {
        const { stage = "", seconds = 0, manifestDigest, damaged = [] } = { ...inputs, ...outputs } as RecordedStage;
        const recorded = damaged.length > 0 ? "damaged" : manifestDigest === "" ? "waiting" : "succeeded";
        return { name: stage, state: begun.has(urn) ? "started" : recorded, seconds: begun.has(urn) ? 0 : seconds };
    });
}

type RecordedStage = Partial<Pick<StageOutputs, "stage" | "seconds" | "manifestDigest" | "damaged">>;
