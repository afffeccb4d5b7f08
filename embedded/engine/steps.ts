// The steps: each tells its begin, asks the provider, and records in the state what came of it.
import type { OperationType, PendingOperation, ResourceState } from "../state/checkpoint.ts";
import { isEmpty } from "../state/checkpointWriter.ts";
import { isSecret, type PropertyMap, type PropertyValue, secret } from "../state/propertyValues.ts";
import { type Applied, type Custodian, ProviderLost } from "./custodian.ts";
import type { PropertyDiff } from "./events.ts";
import { type Operation, stepOf } from "./operation.ts";
import { isProviderType } from "./urn.ts";

/** Makes outputs secret that the program wants so, and those whose input of the same name is. */
export function sealOutputs(state: ResourceState, outputs: PropertyMap): PropertyMap {
    const result: Record<string, PropertyValue> = { ...outputs };
    const wanted = (key: string): boolean => state.additionalSecretOutputs?.includes(key) ?? false;
    for (const [key, value] of Object.entries(outputs)) {
        if (wanted(key) || isSecret(state.inputs[key])) {
            result[key] = secret(value);
        }
    }
    return result;
}

/** Components and providers are only entries of the state: nothing of them can be left half done. */
async function begin(
    { journal }: Operation,
    state: ResourceState,
    type: OperationType,
): Promise<PendingOperation | undefined> {
    return state.custom && !isProviderType(state.type) ? journal.begin(state, type) : undefined;
}

/** A failed operation is over, unless nobody knows how far it came: then the state keeps it as interrupted. */
async function giveUp({ journal }: Operation, pending: PendingOperation | undefined, error: unknown): Promise<void> {
    if (!(error instanceof ProviderLost)) {
        await journal.end(pending, {});
    }
}

/** A resource that exists but is not ready is kept in the state, and the step fails. */
function refuseUnready(applied: Applied): void {
    if (applied.initErrors) {
        throw new Error(applied.initErrors.join("\n"));
    }
}

export interface Replacement {
    readonly old: ResourceState;
    readonly diffs: readonly PropertyDiff[];
}

export async function create(
    operation: Operation,
    state: ResourceState,
    custodian: Custodian | undefined,
    replacement?: Replacement,
): Promise<void> {
    const { journal } = operation;
    const old = replacement?.old;
    const step = stepOf(state, old ? "create-replacement" : "create", replacement?.diffs);
    await operation.run(step, async () => {
        const pending = await begin(operation, state, "creating");
        let applied: Applied = { id: "", outputs: {} };
        try {
            applied = (await custodian?.create(state.urn, state.inputs, state.customTimeouts?.create ?? 0)) ?? applied;
        } catch (error) {
            await giveUp(operation, pending, error);
            throw error;
        }
        state.id = applied.id;
        state.outputs = sealOutputs(state, applied.outputs);
        state.initErrors = applied.initErrors ?? [];
        state.created = state.modified = new Date().toISOString();
        // What was deleted first is now replaced; what was not, is now to be deleted.
        if (old && !old.pendingReplacement) {
            old.delete = true;
        }
        await journal.end(pending, { add: state, ...(old?.pendingReplacement ? { remove: old } : {}) });
        refuseUnready(applied);
        return undefined;
    });
}

export async function update(
    operation: Operation,
    old: ResourceState,
    state: ResourceState,
    custodian: Custodian | undefined,
    diffs: readonly PropertyDiff[],
): Promise<void> {
    const { journal } = operation;
    await operation.run(stepOf(state, "update", diffs), async () => {
        // Whoever finds the update pending must see of what.
        state.id = old.id ?? "";
        const pending = await begin(operation, state, "updating");
        let applied: Applied = { id: old.id ?? "", outputs: old.outputs };
        try {
            const request = {
                urn: state.urn,
                id: old.id ?? "",
                oldInputs: old.inputs,
                oldOutputs: old.outputs,
                newInputs: state.inputs,
                ignoreChanges: state.ignoreChanges ?? [],
            };
            applied = (await custodian?.update(request, state.customTimeouts?.update ?? 0)) ?? applied;
        } catch (error) {
            await giveUp(operation, pending, error);
            throw error;
        }
        state.id = applied.id;
        state.outputs = sealOutputs(state, applied.outputs);
        state.initErrors = applied.initErrors ?? [];
        state.modified = new Date().toISOString();
        await journal.end(pending, { remove: old, add: state });
        refuseUnready(applied);
        return undefined;
    });
}

/** Whether a state that needs no step still has to be written: its options or dependencies have changed. */
function differs(old: ResourceState, state: ResourceState): boolean {
    const text = (value: ResourceState): string => {
        const { created: _created, modified: _modified, initErrors: _initErrors, ...rest } = value;
        const fields = Object.entries(rest as Readonly<Record<string, unknown>>);
        const filled = fields.filter(([, field]) => !isEmpty(field));
        return JSON.stringify(filled.sort(([one], [other]) => one.localeCompare(other)));
    };
    return text(old) !== text(state);
}

export async function same(operation: Operation, old: ResourceState, state: ResourceState): Promise<void> {
    const { journal } = operation;
    await operation.run(stepOf(state, "same"), async () => {
        state.id = old.id ?? "";
        state.outputs = sealOutputs(state, old.outputs);
        journal.apply({ remove: old, add: state });
        if (differs(old, state)) {
            await journal.flush();
        }
        return undefined;
    });
}

export interface DeletionOptions {
    /** The resource is replaced, not dropped by the user: protection has been looked at already. */
    readonly replaced: boolean;
    /** It stays in the state, marked, until its replacement is there. */
    readonly keep: boolean;
}

export async function remove(operation: Operation, state: ResourceState, options: DeletionOptions): Promise<void> {
    const { journal } = operation;
    await operation.run(stepOf(state, options.replaced ? "delete-replaced" : "delete"), async () => {
        if (state.protect && !options.replaced) {
            throw new Error(
                "the resource is protected: take away its `protect` option and run `up` before it is deleted",
            );
        }
        if (!operation.preview) {
            const pending = await begin(operation, state, "deleting");
            try {
                if (!state.retainOnDelete) {
                    const { urn, id = "", inputs, outputs, customTimeouts } = state;
                    const custodian = await operation.custodian(state);
                    await custodian?.delete({ urn, id, inputs, outputs, timeout: customTimeouts?.delete ?? 0 });
                }
            } catch (error) {
                await giveUp(operation, pending, error);
                throw error;
            }
            state.pendingReplacement = options.keep;
            await journal.end(pending, options.keep ? {} : { remove: state });
        } else if (options.keep) {
            state.pendingReplacement = true;
        } else {
            journal.apply({ remove: state });
        }
        return undefined;
    });
}

/** Announces a replacement; the steps of it are its parts. */
export async function replace(
    operation: Operation,
    state: ResourceState,
    diffs: readonly PropertyDiff[],
): Promise<void> {
    await operation.run(stepOf(state, "replace", diffs), () => Promise.resolve(undefined));
}
