// The steps: each tells its begin, asks the provider, and records in the state what came of it.
import type { OperationType, ResourceState } from "../state/checkpoint.ts";
import { isEmpty } from "../state/checkpointWriter.ts";
import { isSecret, mapValues, own, type PropertyMap, secret } from "../state/propertyValues.ts";
import { type Applied, type Custodian, ProviderLost } from "./custodian.ts";
import type { PropertyDiff } from "./events.ts";
import type { Change } from "./journal.ts";
import { type Operation, stepOf } from "./operation.ts";
import { isProviderType } from "./urn.ts";

/** Makes outputs secret that the program wants so, and those whose input of the same name is. */
export function sealOutputs(state: ResourceState, outputs: PropertyMap): PropertyMap {
    const wanted = (key: string): boolean => state.additionalSecretOutputs?.includes(key) ?? false;
    const isHidden = (key: string): boolean => wanted(key) || isSecret(own(state.inputs, key));
    return mapValues(outputs, (value, key) => (isHidden(key) ? secret(value) : value));
}

/**
 * Has the real resource changed, which the state tells of before and after. When that fails it is over, unless nobody
 * knows how far it came: then the state keeps it as interrupted.
 */
async function attempt(
    { journal }: Operation,
    state: ResourceState,
    type: OperationType,
    action: () => Promise<Change>,
): Promise<void> {
    // Components and providers are only entries of the state: nothing of them can be left half done.
    const isReal = state.custom && !isProviderType(state.type);
    const pending = isReal ? await journal.begin(state, type) : undefined;
    let change: Change = {};
    try {
        change = await action();
    } catch (error) {
        if (!(error instanceof ProviderLost)) {
            await journal.end(pending, {});
        }
        throw error;
    }
    await journal.end(pending, change);
}

/** Takes what the provider has answered; returns when. */
function take(state: ResourceState, { id, outputs, initErrors = [] }: Applied): string {
    state.id = id;
    state.outputs = sealOutputs(state, outputs);
    state.initErrors = initErrors;
    state.modified = new Date().toISOString();
    return state.modified;
}

/** A resource that exists but is not ready is kept in the state, and the step fails. */
function refuseUnready({ initErrors = [] }: ResourceState): void {
    if (initErrors.length > 0) {
        throw new Error(initErrors.join("\n"));
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
    const old = replacement?.old;
    const step = stepOf(state, old ? "create-replacement" : "create", replacement?.diffs);
    await operation.run(step, async () => {
        await attempt(operation, state, "creating", async () => {
            const timeout = state.customTimeouts?.create ?? 0;
            const applied = await custodian?.create(state.urn, state.inputs, timeout);
            state.created = take(state, applied ?? { id: "", outputs: {} });
            // What was deleted first is now replaced; what was not, is now to be deleted.
            if (old?.pendingReplacement) return { add: state, remove: old };
            if (old) old.delete = true;
            return { add: state };
        });
        refuseUnready(state);
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
    await operation.run(stepOf(state, "update", diffs), async () => {
        // Whoever finds the update pending must see of what.
        const { id = "", inputs: oldInputs, outputs: oldOutputs } = old;
        state.id = id;
        await attempt(operation, state, "updating", async () => {
            const { urn, inputs: newInputs, ignoreChanges = [], customTimeouts } = state;
            const request = { urn, id, oldInputs, oldOutputs, newInputs, ignoreChanges };
            const applied = await custodian?.update(request, customTimeouts?.update ?? 0);
            take(state, applied ?? { id, outputs: oldOutputs });
            return { remove: old, add: state };
        });
        refuseUnready(state);
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
        if (operation.preview) {
            state.pendingReplacement = options.keep;
            journal.apply(options.keep ? {} : { remove: state });
            return undefined;
        }
        await attempt(operation, state, "deleting", async () => {
            if (!state.retainOnDelete) {
                const { urn, id = "", inputs, outputs, customTimeouts } = state;
                const custodian = await operation.custodian(state);
                await custodian?.delete({ urn, id, inputs, outputs, timeout: customTimeouts?.delete ?? 0 });
            }
            state.pendingReplacement = options.keep;
            return options.keep ? {} : { remove: state };
        });
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
