// Creations of which an engine that was killed never heard the end: what they made is looked for, and taken on.
import type { PendingOperation } from "../state/checkpoint.ts";
import type { Operation } from "./operation.ts";
import { dynamicPackage } from "./plugins.ts";
import { sealOutputs } from "./steps.ts";
import { isProviderType, packageOf, parseReference, parseUrn } from "./urn.ts";

/** Before anything else is decided. What cannot be asked about stays as interrupted as it was. */
export async function recoverCreations(operation: Operation): Promise<void> {
    const creations = operation.journal.base.pendingOperations.filter(({ resource, type }) => {
        return type === "creating" && canBeAsked(resource) && !isThere(operation, resource.urn);
    });
    await Promise.all(creations.map((creation) => recover(operation, creation)));
}

/** One that stands beside its replacement, or beside the fruit of another attempt, is told apart by nothing. */
function isThere({ journal }: Operation, urn: string): boolean {
    return journal.base.resources.some((state) => state.urn === urn && !state.pendingReplacement);
}

/** Only the engine's own providers know what is meant by a question without an id. */
function canBeAsked({ custom, type, provider }: PendingOperation["resource"]): boolean {
    if (!custom || isProviderType(type) || provider === undefined) return false;
    return packageOf(parseUrn(parseReference(provider).urn).type) !== dynamicPackage;
}

async function recover(operation: Operation, creation: PendingOperation): Promise<void> {
    const { urn, provider: reference = "", inputs } = creation.resource;
    try {
        const provider = await operation.provider(reference);
        const found = await provider.read(urn, "", inputs, {}, 0);
        // It may have been begun twice, and have been found by the other one meanwhile.
        if (found.id === "" || isThere(operation, urn)) return;
        const now = new Date().toISOString();
        const state = { ...creation.resource, id: found.id, created: now, modified: now };
        state.outputs = sealOutputs(state, found.outputs);
        operation.journal.adopt(creation, state);
        operation.diagnostic("info", urn, "it was made before the last operation was cut off, and is taken on");
    } catch {
        // The step that meets it says what is wrong.
    }
}
