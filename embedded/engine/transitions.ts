// From the old state of a resource to the wanted one: the decision which steps lead there, as Pulumi takes it.
import type { ResourceState } from "../state/checkpoint.ts";
import { equal, type PropertyMap } from "../state/propertyValues.ts";
import type { Custodian } from "./custodian.ts";
import { deleteDependents } from "./dependents.ts";
import {
    type DiffResult,
    describeDiff,
    diffInputs,
    ignoreChanges,
    noDiff,
    replaceOnChanges,
    replaces,
} from "./diff.ts";
import type { PropertyDiff } from "./events.ts";
import type { Goal } from "./goal.ts";
import type { Operation } from "./operation.ts";
import * as steps from "./steps.ts";
import { isProviderType, parseReference } from "./urn.ts";

/** What is known of all registrations, for decisions that look beyond one resource. */
export interface Registrations {
    readonly operation: Operation;
    /** Every URN that the program has registered, and the state it leads to. */
    readonly states: ReadonlyMap<string, ResourceState>;
    readonly olds: ReadonlyMap<string, ResourceState>;
    /** URNs of the old state that a registration has taken over. */
    readonly claimed: ReadonlySet<string>;
    /** Deletions of resources that a replacement takes with it, until they are registered again. */
    readonly condemned: Map<string, Promise<void>>;
}

/** Leads a registered resource from its old state, if it has one, to the wanted one. */
export async function bringAbout(
    registrations: Registrations,
    goal: Goal,
    state: ResourceState,
    old: ResourceState | undefined,
): Promise<void> {
    const custodian = await registrations.operation.custodian(state);
    const deletion = old && registrations.condemned.get(old.urn);
    await deletion;
    if (old && !deletion) {
        state.inputs = ignoreChanges(state.inputs, old.inputs, goal.ignoreChanges);
    }
    await check(state, deletion ? undefined : old?.inputs, custodian);
    if (old === undefined) {
        await steps.create(registrations.operation, state, custodian);
    } else if (deletion) {
        registrations.condemned.delete(old.urn);
        await steps.replace(registrations.operation, state, []);
        await steps.create(registrations.operation, state, custodian, { old, diffs: [] });
    } else {
        await change(registrations, goal, old, state, custodian);
    }
}

/** The user asks for a replacement: what the provider would say does not matter. */
const forcedDiff: DiffResult = { ...noDiff, changes: true, replaceKeys: ["id"] };

async function check(state: ResourceState, olds: PropertyMap | undefined, custodian: Custodian | undefined) {
    if (custodian === undefined) {
        return;
    }
    const { inputs, failures } = await custodian.check(state.urn, olds, state.inputs);
    if (failures.length > 0) {
        const reasons = failures.map(({ property, reason }) => (property ? `${property}: ${reason}` : reason));
        throw new Error(reasons.join("\n"));
    }
    state.inputs = inputs;
}

async function change(
    registrations: Registrations,
    goal: Goal,
    old: ResourceState,
    state: ResourceState,
    custodian: Custodian | undefined,
) {
    const unhealthy = (old.initErrors?.length ?? 0) > 0;
    const forced = registrations.operation.selection.replaces(state.urn);
    const plain = forced ? forcedDiff : await differenceOf(registrations, old, state, custodian);
    const diff = replaceOnChanges(plain, goal.replaceOnChanges, unhealthy);
    const diffs = describeDiff(diff, old, state.inputs);
    if (old.pendingReplacement || (diff.changes && replaces(diff))) {
        await replace(registrations, goal, old, state, custodian, diff, diffs);
    } else if (diff.changes || unhealthy) {
        await steps.update(registrations.operation, old, state, custodian, diff.changes ? diffs : []);
    } else {
        if (isProviderType(state.type)) {
            await registrations.operation.registry.same(old, state.urn);
        }
        await steps.same(registrations.operation, old, state);
    }
}

async function differenceOf(
    registrations: Registrations,
    old: ResourceState,
    state: ResourceState,
    custodian: Custodian | undefined,
): Promise<DiffResult> {
    if (await changesProvider(registrations, old, state)) {
        return { ...noDiff, changes: true, replaceKeys: ["provider"] };
    }
    if (custodian === undefined) {
        return equal(old.inputs, state.inputs) ? noDiff : diffInputs(old.inputs, state.inputs);
    }
    return ask(custodian, old, state.urn, state.inputs, state.ignoreChanges ?? []);
}

/** Asks the provider; where it leaves the comparison to the engine, inputs are compared. */
export async function ask(
    custodian: Custodian,
    old: ResourceState,
    urn: string,
    newInputs: PropertyMap,
    ignored: readonly string[],
): Promise<DiffResult> {
    const { id = "", inputs: oldInputs, outputs: oldOutputs } = old;
    const request = { urn, id, oldInputs, oldOutputs, newInputs, ignoreChanges: ignored };
    const diff = await custodian.diff(request);
    return diff ?? diffInputs(oldInputs, ignoreChanges(newInputs, oldInputs, ignored));
}

async function changesProvider(
    registrations: Registrations,
    old: ResourceState,
    state: ResourceState,
): Promise<boolean> {
    const [before, after] = [old.provider ?? "", state.provider ?? ""];
    if (before === after) {
        return false;
    }
    if (before === "" || after === "") {
        return true;
    }
    const [oldUrn, newUrn] = [parseReference(before).urn, parseReference(after).urn];
    if (registrations.operation.journal.nameOf(oldUrn) === newUrn && oldUrn !== newUrn) {
        return false;
    }
    const [oldProvider, newProvider] = [registrations.olds.get(oldUrn), registrations.states.get(newUrn)];
    if (oldProvider === undefined || newProvider === undefined) {
        return true;
    }
    return registrations.operation.registry.mustReplace(after, oldProvider, newProvider);
}

async function replace(
    registrations: Registrations,
    goal: Goal,
    old: ResourceState,
    state: ResourceState,
    custodian: Custodian | undefined,
    diff: DiffResult,
    diffs: readonly PropertyDiff[],
): Promise<void> {
    const { operation } = registrations;
    if (state.protect && old.protect) {
        throw new Error("the resource is protected and cannot be replaced: take away its `protect` option first");
    }
    // Defaults that were carried over from the old resource are not those of a new one.
    state.inputs = goal.inputs;
    await check(state, undefined, custodian);
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
        await steps.create(operation, state, custodian, { old, diffs });
        await steps.replace(operation, state, diffs);
        return;
    }
    await deleteDependents(registrations, old);
    if (!old.pendingReplacement) {
        await steps.remove(operation, old, { replaced: true, keep: true });
    }
    await steps.replace(operation, state, diffs);
    await steps.create(operation, state, custodian, { old, diffs });
}
