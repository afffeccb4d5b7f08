// The inputs of an object: named, put into a namespace, and read back out of what the cluster holds.
import {
    containsUnknowns,
    isMap,
    mapValues,
    own,
    type PropertyMap,
    type PropertyValue,
} from "../../state/propertyValues.ts";
import { at, isList, text, type UniqueName } from "../provider.ts";

const autonamed = "pulumi.com/autonamed";

export function annotation(object: PropertyMap, name: string): string {
    return text(at(object, "metadata", "annotations"), name);
}

export function isAutonamed(object: PropertyMap): boolean {
    return annotation(object, autonamed) === "true";
}

/** Gives an object without a name its former one, or a new one of its own. */
export function named(inputs: PropertyMap, olds: PropertyMap, uniqueName: UniqueName): PropertyMap {
    const { metadata = {} } = inputs;
    // Metadata that a preview does not know may hold a name.
    if (!isMap(metadata) || (metadata.name ?? "") !== "") return inputs;
    const name = isAutonamed(olds) ? text(olds, "metadata", "name") : uniqueName(8);
    const { annotations = {} } = metadata;
    const marked = isMap(annotations) ? { ...annotations, [autonamed]: "true" } : annotations;
    return { ...inputs, metadata: { ...metadata, annotations: marked, name } };
}

export function inNamespace(inputs: PropertyMap, namespace: string): PropertyMap {
    const { metadata = {} } = inputs;
    return isMap(metadata)
        ? { ...inputs, metadata: { ...metadata, namespace: metadata.namespace ?? namespace } }
        : inputs;
}

/** As the API server stores them: null is absent, and a Secret's `stringData` is in its `data`. */
export function normalized(inputs: PropertyMap): PropertyMap {
    const { stringData, ...rest } = withoutNulls(inputs) as PropertyMap;
    if (inputs.kind !== "Secret" || stringData === undefined) return withoutNulls(inputs) as PropertyMap;
    if (!isMap(stringData) || containsUnknowns(stringData)) return { ...rest, stringData };
    const encoded = Object.keys(stringData).map((key) => {
        return [key, Buffer.from(text(stringData, key)).toString("base64")] as const;
    });
    return { ...rest, data: { ...(isMap(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
}

function withoutNulls(value: PropertyValue): PropertyValue {
    if (isList(value)) return value.map(withoutNulls);
    if (!isMap(value)) return value;
    const kept = Object.entries(value).filter(([, item]) => item !== null);
    return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}

/** What `live` says of the properties that `inputs` has: the inputs again, unless somebody else changed them. */
export function pruned(live: PropertyValue | undefined, inputs: PropertyValue): PropertyValue | undefined {
    if (isMap(live) && isMap(inputs)) {
        return mapValues(inputs, (input, key) => pruned(own(live, key), input));
    }
    if (isList(live) && isList(inputs)) {
        const items = inputs.map((input, index) => pruned(partnerOf(input, live, index), input));
        return items.filter((item) => item !== undefined);
    }
    return sameMeaning(live, inputs) ? inputs : live;
}

/**
 * What tells the items of a list apart, the most telling first: two mounts of one volume have the same name. See
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
const identities = ["mountPath", "devicePath", "containerPort", "name"];

/** Others may add to a list, so that an item with an identity is found by it. */
function partnerOf(item: PropertyValue, live: readonly PropertyValue[], index: number): PropertyValue | undefined {
    const field = identities.find((candidate) => isMap(item) && item[candidate] !== undefined);
    const found = field && live.find((other) => isMap(other) && isMap(item) && other[field] === item[field]);
    return found || live[index];
}

/** The API server leaves out what is empty, and writes quantities in its own way: 1024Mi as 1Gi. */
function sameMeaning(live: PropertyValue | undefined, input: PropertyValue): boolean {
    if (live === undefined) return isEmpty(input);
    const number = numberOf(input);
    return live === input || (number !== undefined && number === numberOf(live));
}

function isEmpty(value: PropertyValue): boolean {
    if (isMap(value)) return Object.values(value).every(isEmpty);
    if (isList(value)) return value.length === 0;
    return [null, false, 0, ""].includes(value);
}

const decimals: Readonly<Record<string, number>> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
};
const powersOf1024 = ["", "K", "M", "G", "T", "P", "E"];

/** The number that a Kubernetes quantity means. */
function numberOf(value: PropertyValue): number | undefined {
    const quantity = typeof value === "number" ? String(value) : typeof value === "string" ? value : "";
    const [, digits, decimal = "", binary = ""] = /^([0-9.]+)(?:([numkMGTP])|([KMGTPE])i)?$/.exec(quantity) ?? [];
    if (digits === undefined) return undefined;
    return Number((Number(digits) * (decimals[decimal] ?? 1) * 1024 ** powersOf1024.indexOf(binary)).toPrecision(12));
}
