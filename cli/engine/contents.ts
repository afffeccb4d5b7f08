// What a stack of the embedded engine holds: listed before a destroy asks, and when it has not come to its end.
import type { Context } from "../commandLine.ts";
import { shortType } from "../display/format.ts";
import type { Stack } from "../project.ts";
import { engineSettings } from "./embedded.ts";

/** `kubernetes:core:Secret exp-env (namespace/name)`, for all that is more than an entry of the state. */
export async function listContents(stack: Stack, context: Context): Promise<string[]> {
    const [{ Stack: StoredStack }, { isProviderType, parseUrn }] = await Promise.all([
        import("../../embedded/engine/stack.ts"),
        import("../../embedded/engine/urn.ts"),
    ]);
    const stored = await StoredStack.open(await engineSettings(stack, context, false));
    const { resources } = await stored.snapshot();
    return resources
        .filter(({ custom, type }) => custom && !isProviderType(type))
        .map(({ type, urn, id }) => {
            // Elsewhere things have names of their own, by which people find them there.
            const there = id !== undefined && /^(kubernetes|aws):/.test(type) ? ` (${id})` : "";
            return `${shortType(type)} ${parseUrn(urn).name}${there}`;
        });
}
