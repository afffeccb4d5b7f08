// Refresh: asks the providers what the real resources are like now, and takes that into the state.
import type { ResourceState } from "../state/checkpoint.ts";
import { annotateSecrets, equal, type PropertyMap } from "../state/propertyValues.ts";
import { type DiffKind, type DiffResult, describeDiff, diffInputs } from "./diff.ts";
import { type Operation, Stopped, stepOf } from "./operation.ts";
import { sealOutputs } from "./steps.ts";
import { isProviderType } from "./urn.ts";

const opposite: Readonly<Record<DiffKind, DiffKind>> = { add: "delete", delete: "add", update: "update" };

/** An `up` would lead back from the real state to the wanted one; people want to see the way there. */
function inverted(diff: DiffResult): DiffResult {
    const detailed = Object.entries(diff.detailed).map(([path, difference]) => [
        path,
        { ...difference, kind: opposite[difference.kind] },
    ]);
    return { ...diff, detailed: Object.fromEntries(detailed) as DiffResult["detailed"] };
}

/**
 * An interrupted update may have brought in secrets that the state does not know as such: those of what is pending, or
 * of what has replaced the resource since.
 */
function hider({ journal }: Operation, old: ResourceState): (properties: PropertyMap) => PropertyMap {
    const { resources, pendingOperations } = journal.base;
    const others = [...pendingOperations.map(({ resource }) => resource), ...(old.delete ? resources : [])];
    // An update under a new name was of the resource of that id.
    const isSame = ({ urn, id, type }: ResourceState) => urn === old.urn || (id === old.id && type === old.type);
    const namesakes = others.filter((other) => other !== old && isSame(other));
    return (properties) => namesakes.reduce((result, { inputs }) => annotateSecrets(result, inputs), properties);
}

async function refreshOne(operation: Operation, old: ResourceState): Promise<void> {
    const { journal } = operation;
    await operation.run(stepOf(old, "refresh"), async () => {
        const { urn, id = "", inputs, outputs, customTimeouts } = old;
        const provider = await operation.provider(old.provider ?? "");
        const live = await provider.read(urn, id, inputs, outputs, customTimeouts?.read ?? 0);
        if (live.id === "") {
            journal.replace(old, undefined);
            return stepOf(old, "delete");
        }
        if (live.initErrors) {
            operation.diagnostic(
                "warning",
                urn,
                `the resource is in an unhealthy state: ${live.initErrors.join("; ")}`,
            );
        }
        const hide = hider(operation, old);
        const state: ResourceState = {
            ...old,
            id: live.id,
            inputs: live.inputs === undefined ? inputs : hide(live.inputs),
            initErrors: live.initErrors ?? [],
        };
        state.outputs = hide(sealOutputs(state, live.outputs));
        if (!equal(state.outputs, outputs) || !equal(state.inputs, inputs)) {
            state.modified = new Date().toISOString();
        }
        const ignoreChanges = old.ignoreChanges ?? [];
        const request = { urn, id: live.id, oldInputs: state.inputs, oldOutputs: state.outputs, newInputs: inputs };
        const diff = (await provider.diff({ ...request, ignoreChanges })) ?? diffInputs(state.inputs, inputs);
        journal.replace(old, state);
        return stepOf(state, diff.changes ? "update" : "same", describeDiff(inverted(diff), old, state.inputs));
    });
}

export async function refreshAll(operation: Operation): Promise<void> {
    // Components and providers have no real counterpart; what waits for its replacement has none any more.
    const readable = operation.journal.base.resources.filter(
        (state) =>
            operation.selection.includes(state) &&
            state.custom &&
            !isProviderType(state.type) &&
            !state.pendingReplacement,
    );
    const results = await Promise.allSettled(readable.map((state) => refreshOne(operation, state)));
    for (const result of results) {
        if (result.status === "rejected" && !(result.reason instanceof Stopped)) {
            throw result.reason;
        }
    }
}
