// What a stack of the embedded engine holds: listed before a destroy asks, and when it has not come to its end.
import type { Choice } from "../../embedded/engine/selection.ts";
import type { Context } from "../commandLine.ts";
import { shortType } from "../display/format.ts";
import type { Stack } from "../project.ts";
import { engineSettings } from "./embedded.ts";

export interface StoredThing {
    readonly urn: string;
    /** `kubernetes:core:Secret exp-env (namespace/name)`. */
    readonly description: string;
}

/**
 * All that is more than an entry of the state.
 * @param choice - only what a destroy of these would delete
 */
export async function listContents(stack: Stack, context: Context, choice: Choice = {}): Promise<StoredThing[]> {
    const [{ Stack: StoredStack }, { Selection }, { isProviderType, parseUrn }] = await Promise.all([
        import("../../embedded/engine/stack.ts"),
        import("../../embedded/engine/selection.ts"),
        import("../../embedded/engine/urn.ts"),
    ]);
    const stored = await StoredStack.open(await engineSettings(stack, context, false));
    const { resources } = await stored.snapshot();
    const selection = new Selection(choice);
    selection.refuseUnknown(resources.map(({ urn }) => urn));
    return selection
        .deletable(resources, resources)
        .filter(({ custom, type }) => custom && !isProviderType(type))
        .map(({ type, urn, id }) => {
            // Elsewhere things have names of their own, by which people find them there.
            const there = id !== undefined && /^(kubernetes|aws):/.test(type) ? ` (${id})` : "";
            return { urn, description: `${shortType(type)} ${parseUrn(urn).name}${there}` };
        });
}
