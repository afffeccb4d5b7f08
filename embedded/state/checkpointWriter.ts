// Writes the text of state files: all of the state each time, of which only what has changed is formatted anew.
import { createHash } from "node:crypto";
import { type ResourceState, type Snapshot, version } from "./checkpoint.ts";
import { encodeProperties } from "./sealing.ts";
import type { Crypter } from "./secrets.ts";

/** What a state file leaves out: it says the same as an absent field. */
export function isEmpty(value: unknown): boolean {
    const isNothing = value === undefined || value === "" || value === false;
    return isNothing || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function encodeResource(state: ResourceState, crypter: Crypter): object {
    const { urn, custom, delete: pendingDelete, id, type, inputs, outputs, ...rest } = state;
    const known = { urn, custom, delete: pendingDelete, id, type };
    const properties = { inputs: encodeProperties(inputs, crypter), outputs: encodeProperties(outputs, crypter) };
    return Object.fromEntries(
        Object.entries({ ...known, ...properties, ...rest }).filter(
            ([key, value]) => key === "custom" || !isEmpty(value),
        ),
    );
}

const indent = 4;
/** How deep the entries of the two lists stand. */
const depth = " ".repeat(4 * indent);

const textOf = (value: unknown): string =>
    depth + JSON.stringify(value, undefined, indent).replaceAll("\n", `\n${depth}`);
const between = ",\n";
const end = `\n${depth.slice(indent)}]`;

interface Written {
    readonly fields: ResourceState;
    /** The entry with what stands between it and the one before. */
    readonly entry: Buffer;
}

/** For one stack. A large state is written again and again while few of its resources change in between. */
export class CheckpointWriter {
    private readonly stack: string;
    private readonly crypter: Crypter;
    private readonly engineVersion: string;
    private readonly written = new WeakMap<ResourceState, Written>();

    /** @param stack - its qualified name, `organization/<project>/<stack>` */
    constructor(stack: string, crypter: Crypter, engineVersion: string) {
        this.stack = stack;
        this.crypter = crypter;
        this.engineVersion = engineVersion;
    }

    /** The text of the state file; every secret in it is sealed. */
    format(snapshot: Snapshot): Buffer {
        const { head, tail } = this.frame(snapshot);
        const [first, ...others] = snapshot.resources.map((state) => this.entry(state));
        const list = first ? ["[\n", first.subarray(between.length), ...others, end] : ["[]"];
        return Buffer.concat(
            [head, ...list, tail].map((part) => (typeof part === "string" ? Buffer.from(part) : part)),
        );
    }

    /** All but the resources, which stand between head and tail. */
    private frame({ pendingOperations }: Snapshot): { readonly head: string; readonly tail: string } {
        const operations = pendingOperations.map(({ resource, type }) =>
            textOf({ resource: encodeResource(resource, this.crypter), type }),
        );
        const latest = {
            manifest: {
                time: new Date().toISOString(),
                magic: createHash("sha256").update(this.engineVersion).digest("hex"),
                version: this.engineVersion,
            },
            secrets_providers: { type: "passphrase", state: { salt: this.crypter.salt } },
            resources: [],
            ...(operations.length > 0 ? { pending_operations: [] } : {}),
            metadata: {},
        };
        const frame = JSON.stringify({ version, checkpoint: { stack: this.stack, latest } }, undefined, indent);
        // No text in the frame can hold these quotes: within a JSON string they would stand behind a backslash.
        const [head = "", rest = ""] = frame.split('"resources": []');
        const list = `[\n${operations.join(between)}${end}`;
        const tail = rest.replace('"pending_operations": []', () => `"pending_operations": ${list}`);
        return { head: `${head}"resources": `, tail: `${tail}\n` };
    }

    private entry(state: ResourceState): Buffer {
        const before = this.written.get(state);
        if (before && isSame(before.fields, state)) {
            return before.entry;
        }
        const entry = Buffer.from(between + textOf(encodeResource(state, this.crypter)));
        this.written.set(state, { fields: { ...state }, entry });
        return entry;
    }
}

/** Fields of a state are set anew when they change, never changed within. */
function isSame(one: ResourceState, other: ResourceState): boolean {
    const keys = Object.keys(other) as (keyof ResourceState)[];
    return keys.length === Object.keys(one).length && keys.every((key) => one[key] === other[key]);
}

/** The text of a state file that is written once. */
export function formatCheckpoint(stack: string, snapshot: Snapshot, crypter: Crypter, engineVersion: string): string {
    return new CheckpointWriter(stack, crypter, engineVersion).format(snapshot).toString();
}
