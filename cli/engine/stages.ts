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
     * of it missing or changed. `waiting`: for a training that was only accepted. `not begun`: no operation has come to
     * it.
     */
    readonly state: "succeeded" | "started" | "damaged" | "waiting" | "not begun";
    /** How long it took. */
    readonly seconds: number;
    /** Of what it made. */
    readonly files: number;
    readonly bytes: number;
}

/** In the order of the state; stages that no operation has come to are not in it. */
export function stageStates({ resources, pending }: Deployment): StageState[] {
    const isStage = ({ type }: StateResource) => type === stageType;
    const begun = new Map(pending.filter(isStage).map((resource) => [resource.urn, resource]));
    const ended = resources.filter(isStage);
    const fresh = [...begun.values()].filter(({ urn }) => !ended.some((resource) => resource.urn === urn));
    return [...ended, ...fresh].map(({ urn, inputs, outputs }) => {
        const recorded = { ...inputs, ...outputs } as RecordedStage;
        const { stage: name = "", seconds = 0, manifestDigest, damaged = [], files = 0, bytes = 0 } = recorded;
        if (begun.has(urn)) return { name, state: "started", ...nothing };
        const state = damaged.length > 0 ? "damaged" : manifestDigest === "" ? "waiting" : "succeeded";
        return { name, state, seconds, files, bytes };
    });
}

const nothing = { seconds: 0, files: 0, bytes: 0 } as const;

/** In the order of the configuration, with those that no operation has come to; others of the state follow. */
export function withPlanned(states: readonly StageState[], planned: readonly string[]): StageState[] {
    const known = new Map(states.map((state) => [state.name, state]));
    const inOrder = planned.map((name) => known.get(name) ?? { name, state: "not begun" as const, ...nothing });
    return [...inOrder, ...states.filter(({ name }) => !planned.includes(name))];
}

type RecordedStage = Partial<
    Pick<StageOutputs, "stage" | "seconds" | "manifestDigest" | "damaged" | "files" | "bytes">
>;
