// What a stack's resources hold beside the state, by the state itself: that is what a deletion goes by.
import type { ExperimentSettings } from "../../config/settings.ts";
import { stagesOf } from "../../pipeline/catalog.ts";
import type { StageOutputs } from "../../pipeline/stage/state.ts";
import type { PrefixContentsState } from "../../pipeline/transfer/prefixContents.ts";
import type { Holding } from "../../preview/holdings/count.ts";
import type { StateResource } from "./deployment.ts";
import { stageType } from "./stages.ts";

const prefixType = "pulumi-nodejs:dynamic/aframe:PrefixContents";

export interface Held {
    readonly urn: string;
    readonly holding: Holding;
    /** What deleting the resource does with it: as of the last `up`, whatever the configuration says now. */
    readonly artifacts: "retain" | "delete";
}

export function heldBy(resources: readonly StateResource[]): Held[] {
    return resources.flatMap((resource) => {
        const holding = resource.type === prefixType ? prefixOf(resource) : filesOf(resource);
        const { artifacts } = { ...resource.inputs, ...resource.outputs };
        return holding
            ? [{ urn: resource.urn, holding, artifacts: artifacts === "delete" ? artifacts : "retain" }]
            : [];
    });
}

function prefixOf({ inputs, outputs }: StateResource): Holding | undefined {
    const { location, owner, s3 } = { ...inputs, ...outputs } as unknown as Partial<PrefixContentsState>;
    return location && owner !== undefined ? { kind: "prefix", location, owner, ...(s3 && { s3 }) } : undefined;
}

function filesOf({ type, inputs, outputs }: StateResource): Holding | undefined {
    const { stage, directory, root } = { ...inputs, ...outputs } as Partial<StageOutputs>;
    return type === stageType && stage !== undefined && directory !== undefined && root !== undefined
        ? { kind: "files", stage, directory, root }
        : undefined;
}

/** Those whose resources the configuration declares no more, so that an `up` deletes them. */
export function undeclared(held: readonly Held[], settings: ExperimentSettings): Held[] {
    const { trainData, run } = settings.directories;
    const stack = settings.stack.name;
    const names = new Set([
        ...(trainData.kind === "s3" ? [`${stack}-train-data`] : []),
        ...(run.kind === "s3" ? [`${stack}-run`] : []),
        ...stagesOf(settings).map(({ name }) => `${stack}-${name}`),
    ]);
    return held.filter(({ urn }) => !names.has(urn.slice(urn.lastIndexOf("::") + 2)));
}
