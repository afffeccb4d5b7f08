// The state of a stack as Pulumi's checkpoint (version 3) has it: what is in it, reading it, and what we refuse to touch.
import { findDamage } from "./integrity.ts";
import type { PropertyMap } from "./propertyValues.ts";
import { type Decrypt, decodeProperties } from "./sealing.ts";
import type { Crypter } from "./secrets.ts";

export interface Timeouts {
    create?: number;
    update?: number;
    delete?: number;
    read?: number;
}

/** One resource. The names are those of the file; the engine changes a state only until its step has been saved. */
export interface ResourceState {
    urn: string;
    custom: boolean;
    delete?: boolean;
    id?: string;
    type: string;
    inputs: PropertyMap;
    outputs: PropertyMap;
    parent?: string;
    protect?: boolean;
    dependencies?: readonly string[];
    initErrors?: readonly string[];
    provider?: string;
    propertyDependencies?: Readonly<Record<string, readonly string[]>>;
    pendingReplacement?: boolean;
    additionalSecretOutputs?: readonly string[];
    aliases?: readonly string[];
    customTimeouts?: Timeouts;
    retainOnDelete?: boolean;
    created?: string;
    modified?: string;
    ignoreChanges?: readonly string[];
    replaceOnChanges?: readonly string[];
}

export type OperationType = "creating" | "updating" | "deleting";

/** An operation that had begun and not ended when the state was written. */
export interface PendingOperation {
    readonly resource: ResourceState;
    readonly type: OperationType;
}

export interface Snapshot {
    readonly resources: readonly ResourceState[];
    readonly pendingOperations: readonly PendingOperation[];
}

/** A checkpoint whose secrets are still sealed. */
export interface SealedCheckpoint {
    readonly salt: string | undefined;
    readonly hasSecrets: boolean;
    /** The packages that manage resources of the stack. */
    readonly packages: readonly string[];
    open(crypter: Crypter | undefined): Snapshot;
}

export const version = 3;

/** Fields of features that the engine does not have; going on would lose what they ask for. */
const unsupportedFields = [
    "deletedWith",
    "extensionRef",
    "external",
    "importID",
    "refreshBeforeUpdate",
    "replaceWith",
    "replacementTrigger",
    "resourceHooks",
    "snippetID",
    "taint",
    "viewOf",
];

interface RawResource extends Omit<ResourceState, "inputs" | "outputs"> {
    readonly inputs?: PropertyMap;
    readonly outputs?: PropertyMap;
}

interface RawCheckpoint {
    readonly version?: number;
    readonly features?: readonly string[];
    readonly checkpoint?: {
        readonly latest?: {
            readonly secrets_providers?: { readonly type?: string; readonly state?: { readonly salt?: string } };
            readonly resources?: readonly RawResource[];
            readonly pending_operations?: readonly { readonly resource: RawResource; readonly type: OperationType }[];
        } | null;
    };
}

function decodeResource(raw: RawResource, decrypt: Decrypt): ResourceState {
    const unsupported = unsupportedFields.find((field) => Boolean((raw as unknown as Record<string, unknown>)[field]));
    if (unsupported !== undefined) {
        throw new Error(
            `the state of ${raw.urn} uses "${unsupported}", which the embedded engine does not support: use the Pulumi CLI`,
        );
    }
    try {
        return {
            ...raw,
            inputs: decodeProperties(raw.inputs ?? {}, decrypt),
            outputs: decodeProperties(raw.outputs ?? {}, decrypt),
        };
    } catch (error) {
        throw new Error(`the state of ${raw.urn} cannot be read: ${(error as Error).message}`);
    }
}

type Damaged = (how: string) => Error;

function parseRaw(text: string, key: "checkpoint" | "deployment", damaged: Damaged): object {
    let raw: unknown;
    try {
        raw = JSON.parse(text);
    } catch (error) {
        throw damaged(`it is no JSON: ${(error as Error).message}`);
    }
    const content = typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>)[key] : undefined;
    // Without this, a foreign file would pass for a stack that has no resources yet.
    if (typeof content !== "object" || content === null) {
        throw damaged(`it has no "${key}"`);
    }
    return raw as object;
}

/** Reads the text of a state file. */
export function parseCheckpoint(text: string, source: string): SealedCheckpoint {
    const damaged: Damaged = (how) =>
        new Error(`${source} is not a state as it should be: ${how}; the one before it is kept as ${source}.bak`);
    return sealedCheckpoint(parseRaw(text, "checkpoint", damaged), source, damaged);
}

/** Reads the text that `pulumi stack export` prints. */
export function parseDeployment(text: string, source: string): SealedCheckpoint {
    const damaged: Damaged = (how) => new Error(`${source} is not the export of a stack: ${how}`);
    const { deployment, ...rest } = parseRaw(text, "deployment", damaged) as { deployment: object };
    return sealedCheckpoint({ ...rest, checkpoint: { latest: deployment } }, source, damaged);
}

function sealedCheckpoint(raw: RawCheckpoint, source: string, damaged: Damaged): SealedCheckpoint {
    if ((raw.version ?? 0) < version || (raw.version ?? 0) > version + 1) {
        throw new Error(`${source}: state version ${String(raw.version)} is not supported, only ${version}`);
    }
    if (raw.features?.length) {
        throw new Error(`${source}: the state uses ${raw.features.join(", ")}, which only the Pulumi CLI supports`);
    }
    const latest = raw.checkpoint?.latest ?? {};
    const type = latest.secrets_providers?.type;
    if (type !== undefined && type !== "passphrase") {
        throw new Error(`${source}: the secrets provider "${type}" is not supported, only "passphrase"`);
    }
    const [resources, operations] = [latest.resources ?? [], latest.pending_operations ?? []];
    const damage = findDamage(resources);
    if (damage !== undefined) {
        throw damaged(damage);
    }
    return {
        salt: latest.secrets_providers?.state?.salt,
        hasSecrets: JSON.stringify([resources, operations]).includes('"ciphertext"'),
        packages: [
            ...new Set(
                resources.flatMap(({ provider }) => /::pulumi:providers:(.*?)::/.exec(provider ?? "")?.[1] ?? []),
            ),
        ],
        open(crypter) {
            const decrypt: Decrypt = (sealed) => {
                if (crypter === undefined) {
                    throw new Error(`${source}: the state holds secrets but no salt`);
                }
                return crypter.decrypt(sealed);
            };
            return {
                resources: resources.map((resource) => decodeResource(resource, decrypt)),
                pendingOperations: operations.map((operation) => ({
                    resource: decodeResource(operation.resource, decrypt),
                    type: operation.type,
                })),
            };
        },
    };
}
