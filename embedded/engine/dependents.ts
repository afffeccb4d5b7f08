// Resources that cannot outlive one that is deleted before its replacement is made.
import type { ResourceState } from "../state/checkpoint.ts";
import { own, type PropertyMap, unknownValue } from "../state/propertyValues.ts";
import { replaceOnChanges, replaces } from "./diff.ts";
import * as steps from "./steps.ts";
import { ask, type Registrations } from "./transitions.ts";
import { isProviderType, parseReference } from "./urn.ts";

/** Deletes what cannot outlive a resource that is deleted first; the program will register it again. */
export async function deleteDependents(registrations: Registrations, root: ResourceState): Promise<void> {
    const gone = new Set([root.urn]);
    const dependents: ResourceState[] = [];
    for (const candidate of registrations.operation.journal.base.resources) {
        if (
            !isRegistered(registrations, candidate.urn) &&
            (await goesWith(registrations, candidate, gone)) &&
            !isRegistered(registrations, candidate.urn)
        ) {
            gone.add(candidate.urn);
            dependents.push(candidate);
        }
    }
    let previous = Promise.resolve();
    for (const dependent of dependents.reverse()) {
        if (dependent.protect) {
            throw new Error(`${dependent.urn} depends on ${root.urn}, which is to be replaced, but is protected`);
        }
        previous = previous.then(() =>
            steps.remove(registrations.operation, dependent, { replaced: true, keep: !dependent.delete }),
        );
        previous.catch(() => undefined);
        registrations.condemned.set(dependent.urn, previous);
    }
    await previous;
}

function isRegistered(registrations: Registrations, urn: string): boolean {
    return registrations.states.has(urn) || registrations.claimed.has(urn) || registrations.condemned.has(urn);
}

/** Whether a resource would have to be replaced if those it depends on were. */
async function goesWith(
    registrations: Registrations,
    candidate: ResourceState,
    gone: ReadonlySet<string>,
): Promise<boolean> {
    if (!candidate.custom || candidate.pendingReplacement) {
        return false;
    }
    if (candidate.provider && gone.has(parseReference(candidate.provider).urn)) {
        return true;
    }
    const depends = (key: string): boolean =>
        own(candidate.propertyDependencies ?? {}, key)?.some((urn) => gone.has(urn)) ?? false;
    const keys = Object.keys(candidate.inputs);
    if (!keys.some(depends)) {
        return false;
    }
    const unsure = keys.map((key) => [key, depends(key) ? unknownValue : candidate.inputs[key]]);
    if (isProviderType(candidate.type)) {
        await registrations.operation.registry.ensure(candidate);
    }
    const custodian = await registrations.operation.custodian(candidate);
    if (custodian === undefined) {
        return false;
    }
    const inputs = Object.fromEntries(unsure) as PropertyMap;
    const diff = await ask(custodian, candidate, candidate.urn, inputs, candidate.ignoreChanges ?? []);
    return replaces(replaceOnChanges(diff, candidate.replaceOnChanges ?? [], false));
}
