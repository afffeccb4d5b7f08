// A stack's state as `pulumi stack export` prints it, and taken in again as by `pulumi stack import`.
import { parseDeployment, type Snapshot } from "../state/checkpoint.ts";
import type { PropertyMap } from "../state/propertyValues.ts";
import { unsealed } from "../state/sealing.ts";
import { Stack, type StackLocation } from "./stack.ts";
import { parseUrn } from "./urn.ts";

interface StateFile {
    readonly version: number;
    readonly features?: readonly string[];
    readonly checkpoint: { readonly latest?: PropertyMap | null };
}

/**
 * The state as text. Looks at it without its lock, as it must also work while an operation runs.
 * @param showSecrets - secrets in clear; otherwise they stay sealed, and no passphrase is asked for
 */
export async function exportDeployment(
    location: StackLocation,
    { showSecrets }: { readonly showSecrets: boolean },
): Promise<string> {
    // Without its secrets, a state is told that the engine cannot work with: it may have to be mended by hand.
    const stack = await (showSecrets ? Stack.open(location) : Stack.blank(location));
    const text = await stack.backend.read();
    if (text === undefined) {
        throw new Error(`stack ${location.stack} has no state yet: run up first`);
    }
    const { version, features, checkpoint } = parsed(text, stack.backend.stateFile);
    const latest = checkpoint.latest ?? {};
    const crypter = stack.hasSecrets ? await stack.stateCrypter() : undefined;
    const deployment = crypter ? unsealed(latest, (sealed) => crypter.decrypt(sealed)) : latest;
    return `${JSON.stringify({ version, ...(features ? { features } : {}), deployment }, undefined, 4)}\n`;
}

function parsed(text: string, source: string): StateFile {
    try {
        return JSON.parse(text) as StateFile;
    } catch (error) {
        throw new Error(`${source} is no JSON: ${(error as Error).message}`);
    }
}

/**
 * Puts an exported state in the place of the stack's own, of which a backup is kept; secrets are sealed anew.
 * @param source - the file it comes from, for errors
 * @param force - take resources of another stack too
 * @returns what the user should know of it
 */
export async function importDeployment(
    location: StackLocation,
    text: string,
    source: string,
    { force }: { readonly force: boolean },
): Promise<readonly string[]> {
    const stack = await Stack.blank(location);
    const snapshot = await stack.snapshotOf(parseDeployment(text, source)).catch((error: unknown) => {
        throw new Error(`${source}: ${(error as Error).message}`);
    });
    const foreign = foreignOnes(snapshot, stack);
    if (foreign.length > 0 && !force) {
        const lines = foreign.map((urn) => `  ${urn}`);
        throw new Error(
            `${source} holds resources of another stack than ${stack.name}; ` +
                `to take them all the same, use --force:\n${lines.join("\n")}`,
        );
    }
    const unlock = await stack.backend.lock();
    try {
        await stack.backend.backUp();
        await stack.keepSalt();
        await stack.save({ ...snapshot, pendingOperations: [] });
    } finally {
        await unlock();
    }
    return [
        ...foreign.map((urn) => `${urn} is of another stack`),
        ...snapshot.pendingOperations.map(({ type, resource }) => `no longer pending: ${type} ${resource.urn}`),
    ];
}

function foreignOnes({ resources }: Snapshot, stack: Stack): string[] {
    const urns = resources.map(({ urn }) => urn);
    return urns.filter((urn) => {
        const parts = parseUrn(urn);
        return parts.stack !== stack.name || parts.project !== stack.project.name;
    });
}
