// What a stack of the embedded engine holds, as the question before a destroy lists it.
import type { Context } from "../commandLine.ts";
import { shortType } from "../display/format.ts";
import type { Stack } from "../project.ts";
import { engineSettings } from "./embedded.ts";

/** `aframe:Stage exp-FetchTrain`, for all that is more than an entry of the state. */
export async function listContents(stack: Stack, context: Context): Promise<string[]> {
    const [{ Stack: StoredStack }, { isProviderType, parseUrn }] = await Promise.all([
        import("../../embedded/engine/stack.ts"),
        import("../../embedded/engine/urn.ts"),
    ]);
    const stored = await StoredStack.open(await engineSettings(stack, context));
    const { resources } = await stored.snapshot();
    return resources
        .filter(({ custom, type }) => custom && !isProviderType(type))
        .map(({ type, urn }) => `${shortType(type)} ${parseUrn(urn).name}`);
}
