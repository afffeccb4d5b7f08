// What a provider answers, in plain values: server.ts opens secrets before, and closes them again after.
import type { PropertyPath } from "../engine/propertyPath.ts";
import { isMap, own, type PropertyMap, type PropertyValue } from "../state/propertyValues.ts";

export interface Provider {
    /** The package, which its type tokens begin with. */
    readonly name: string;
    /** The version of the package whose types it serves. */
    readonly version: string;
    checkConfig(config: PropertyMap): readonly Failure[];
    /** The changed settings that mean another world, in which no resource of the old one can be managed. */
    replacingConfig(olds: PropertyMap, news: PropertyMap): Promise<readonly string[]>;
    configure(config: PropertyMap): void;
    /** Undefined when it does not serve the type. */
    resource(type: string): Resource | undefined;
    readonly functions: Readonly<Record<string, (args: PropertyMap) => Promise<PropertyMap>>>;
}

export interface Resource {
    check(call: Call, news: PropertyMap, olds: PropertyMap, uniqueName: UniqueName): Promise<Checked>;
    /** Whether a change of this input cannot happen in place. */
    replaces(path: PropertyPath, news: PropertyMap): boolean;
    /** Whether the old one and its replacement cannot exist at once. */
    deleteBeforeReplace(olds: PropertyMap, news: PropertyMap): boolean;
    create(call: Call, inputs: PropertyMap): Promise<Created>;
    /**
     * Undefined when it is gone. Without inputs it is being imported. Without an id it is looked for by its inputs, and
     * found only when it is what a creation with them leaves.
     */
    read(call: Call, id: string, state: PropertyMap, inputs: PropertyMap): Promise<Found | undefined>;
    update(call: Call, id: string, state: PropertyMap, inputs: PropertyMap): Promise<PropertyMap>;
    /** Succeeds when there is nothing to delete. */
    delete(call: Call, id: string, state: PropertyMap): Promise<void>;
}

export interface Call {
    readonly type: string;
    readonly preview: boolean;
    /** What `customTimeouts` says. */
    readonly timeoutSeconds?: number;
    /** Aborted when nobody wants to wait any longer. */
    readonly signal: AbortSignal;
    /** A status is shown only while the call lasts. */
    log(severity: "warning" | "status", message: string): void;
}

/** Makes a name of the resource's own and random hexadecimal digits. */
export type UniqueName = (digits: number) => string;

export interface Failure {
    readonly property: string;
    readonly reason: string;
}

export interface Checked {
    readonly inputs: PropertyMap;
    readonly failures: readonly Failure[];
}

export interface Created {
    readonly id: string;
    readonly state: PropertyMap;
}

export interface Found {
    /** For one that was looked for without. */
    readonly id?: string;
    readonly state: PropertyMap;
    readonly inputs: PropertyMap;
}

/** The resource exists, but did not become what it should: the step fails, and the state keeps it. */
export class InitFailed extends Error {
    readonly created: Created;

    constructor(message: string, created: Created, cause: unknown) {
        super(message, { cause });
        this.created = created;
    }
}

/** Failures for the properties that are set though nothing here knows what they mean. */
export function unsupported(given: PropertyMap, supported: readonly string[], by: string): readonly Failure[] {
    const off: readonly (PropertyValue | undefined)[] = [null, false, "", "null", "false"];
    return Object.keys(given)
        .filter(
            (property) => !supported.includes(property) && !property.startsWith("__") && !off.includes(given[property]),
        )
        .map((property) => ({ property, reason: `not supported by ${by}, which takes ${supported.join(", ")}` }));
}

export function at(value: PropertyValue | undefined, ...path: readonly string[]): PropertyValue | undefined {
    return path.reduce<PropertyValue | undefined>((inner, key) => (isMap(inner) ? own(inner, key) : undefined), value);
}

/** The text at `path`; empty when there is none. */
export function text(value: PropertyValue | undefined, ...path: readonly string[]): string {
    const found = at(value, ...path);
    return typeof found === "string" ? found : "";
}

export function isList(value: PropertyValue | undefined): value is readonly PropertyValue[] {
    return Array.isArray(value);
}
