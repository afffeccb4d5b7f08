// Runs a piece of a Pulumi program without an engine and records what it declares.
import * as pulumi from "@pulumi/pulumi";

process.env.PULUMI_ERROR_OUTPUT_STRING = "true";

export interface Declared {
    readonly type: string;
    readonly name: string;
    /** Secret values are envelopes; see `reveal` and `findPlain`. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** `urn::id` of the explicit provider; empty for a default one. */
    readonly provider: string;
    readonly custom: boolean;
}

export interface RunOptions {
    readonly stack?: string;
    readonly preview?: boolean;
    readonly config?: Readonly<Record<string, string>>;
    /** Outputs of a resource besides its inputs. */
    readonly outputs?: (resource: Declared) => Readonly<Record<string, unknown>>;
}

/** Declares with `build` and waits until every registration has been answered. */
export async function record<T>(
    build: () => T | Promise<T>,
    { stack = "test", preview = false, config = {}, outputs = standardOutputs }: RunOptions = {},
): Promise<{ declared: Declared[]; result: T }> {
    const declared: Declared[] = [];
    await pulumi.runtime.setMocks(
        {
            call: ({ inputs }) => inputs as Record<string, unknown>,
            newResource: ({ type, name, inputs, provider = "", custom = false }) => {
                const resource = { type, name, inputs: inputs as Record<string, unknown>, provider, custom };
                declared.push(resource);
                const id = custom ? `${name}-id` : undefined;
                // An engine in a preview knows what a resource was given, and not yet what it will give.
                return {
                    id: preview ? undefined : id,
                    state: { ...resource.inputs, ...(preview ? {} : outputs(resource)) },
                };
            },
        },
        "aframe",
        stack,
        preview,
    );
    pulumi.runtime.setAllConfig({ ...config });
    const result = await build();
    await pulumi.runtime.disconnect();
    return { declared, result };
}

/** What the real providers would answer. */
export function standardOutputs({ type, name, inputs }: Declared): Record<string, unknown> {
    switch (type) {
        case "pulumi-nodejs:dynamic/aframe:Stage":
            return { manifestDigest: `digest of ${String(inputs.stage)}`, seconds: 1, files: 2, bytes: 3e9 };
        case "pulumi-nodejs:dynamic/aframe:GitRevision":
            return { commit: "0123456789abcdef0123456789abcdef01234567" };
        case "pulumi-nodejs:dynamic/aframe:TrainingRun":
            return { state: "succeeded", manifestDigest: "digest of the model", seconds: 60 };
        case "kubernetes:batch/v1:Job":
            return { metadata: { ...(inputs.metadata as object), uid: `uid of ${name}`, namespace: "physics" } };
        default:
            return {};
    }
}

/** The value of an output. */
export function value<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
    return new Promise((resolve) => {
        (output as pulumi.Output<pulumi.Unwrap<T>>).apply(resolve);
    });
}

export interface Option {
    readonly type: string;
    readonly name: string;
    readonly opts: pulumi.CustomResourceOptions;
}

/** Options of a component under which those of all its children are collected, in the order of declaration. */
export function collecting(options: Option[]): pulumi.ComponentResourceOptions {
    return {
        transformations: [
            ({ type, name, opts }) => {
                options.push({ type, name, opts });
                return undefined;
            },
        ],
    };
}

/** `type name` of each, the order of a test's expectation. */
export function listing(declared: readonly Declared[]): string[] {
    return declared.map(({ type, name }) => `${type} ${name}`).sort();
}

export function only(declared: readonly Declared[], type: string, name?: string): Declared {
    const found = declared.filter((one) => one.type.endsWith(type) && (name === undefined || one.name === name));
    if (found.length !== 1 || found[0] === undefined) {
        throw new Error(`expected one ${type}, found ${found.map((one) => one.name).join(", ") || "none"}`);
    }
    return found[0];
}

/** A value with its secret envelopes opened. */
export function reveal(value: unknown): unknown {
    if (pulumi.runtime.isRpcSecret(value)) {
        return reveal(pulumi.runtime.unwrapRpcSecret(value));
    }
    if (Array.isArray(value)) {
        return value.map(reveal);
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, reveal(part)]));
    }
    return value;
}

/** Where `text` can be read outside of a secret envelope, as paths. */
export function findPlain(value: unknown, text: string, path = ""): string[] {
    if (pulumi.runtime.isRpcSecret(value)) {
        return [];
    }
    if (typeof value === "string") {
        return value.includes(text) ? [path] : [];
    }
    if (typeof value === "object" && value !== null) {
        return Object.entries(value).flatMap(([key, part]) => findPlain(part, text, `${path}.${key}`));
    }
    return [];
}
