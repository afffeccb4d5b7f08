// Property values: JSON, with Pulumi's signed objects for secrets and resource references and a marker for unknowns.
//
// The form is that of the wire, so that a value travels between program, engine and provider without conversion;
// only what a receiver cannot take (secrets, references, unknowns) is rewritten for it.

export type PropertyValue = null | boolean | number | string | readonly PropertyValue[] | PropertyMap;
export interface PropertyMap {
    readonly [key: string]: PropertyValue;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const referenceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Stands for a value that is not known before the update runs. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Unknowns that older programs and providers mark by type. */
const typedUnknowns = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export interface Secret extends PropertyMap {
    readonly value: PropertyValue;
}

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a map itself has of that name: to JavaScript every object has a "constructor". */
export function own<Value>(map: Readonly<Record<string, Value>>, key: string): Value | undefined {
    return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function isSecret(value: PropertyValue | undefined): value is Secret {
    return isMap(value) && value[signatureKey] === secretSignature && "value" in value;
}

export function isUnknown(value: PropertyValue | undefined): boolean {
    return value === unknownValue;
}

export function secret(value: PropertyValue): PropertyValue {
    return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** The signature of a signed object that is not a plain map. */
export function signatureOf(value: PropertyMap): string | undefined {
    const signature = value[signatureKey];
    return typeof signature === "string" ? signature : undefined;
}

/** A sealed secret as a state file has it. */
export function sealedSecret(ciphertext: string): PropertyMap {
    return { [signatureKey]: secretSignature, ciphertext };
}

export function isSignedSecret(value: PropertyMap): boolean {
    return value[signatureKey] === secretSignature;
}

/** Whether some part of a value meets the condition; looks into secrets. */
export function some(value: PropertyValue, condition: (part: PropertyValue) => boolean): boolean {
    if (condition(value)) {
        return true;
    }
    return typeof value === "object" && value !== null && Object.values(value).some((part) => some(part, condition));
}

export const containsSecrets = (value: PropertyValue): boolean => some(value, isSecret);
export const containsUnknowns = (value: PropertyValue): boolean => some(value, isUnknown);

/** The same keys with other values; those without one are left out. */
export function mapValues(
    map: PropertyMap,
    change: (value: PropertyValue, key: string) => PropertyValue | undefined,
): PropertyMap {
    const changed = Object.entries(map).map(([key, value]) => [key, change(value, key)] as const);
    return Object.fromEntries(changed.filter((entry): entry is [string, PropertyValue] => entry[1] !== undefined));
}

/** Brings what came over the wire into the one form above: output values and typed unknowns are gone. */
export function normalize(value: PropertyValue): PropertyValue {
    if (typeof value === "string") {
        return typedUnknowns.has(value) ? unknownValue : value;
    }
    if (Array.isArray(value)) {
        return (value as readonly PropertyValue[]).map(normalize);
    }
    if (!isMap(value)) {
        return value;
    }
    if (value[signatureKey] === outputSignature) {
        const inner = value.value === undefined ? unknownValue : normalize(value.value);
        return value.secret === true ? secret(inner) : inner;
    }
    if (isSecret(value)) {
        return secret(normalize(value.value));
    }
    return mapValues(value, (item) => normalize(item));
}

export interface Acceptance {
    readonly secrets: boolean;
    readonly resources: boolean;
    /** Unknowns are sent in previews; outside of them the properties are left out. */
    readonly unknowns: boolean;
}

function forReceiver(value: PropertyValue, accepts: Acceptance): PropertyValue | undefined {
    if (isUnknown(value)) {
        return accepts.unknowns ? value : undefined;
    }
    if (Array.isArray(value)) {
        return (value as readonly PropertyValue[]).map((item) => forReceiver(item, accepts) ?? null);
    }
    if (!isMap(value)) {
        return value;
    }
    if (isSecret(value) && !accepts.secrets) {
        return forReceiver(value.value, accepts);
    }
    if (value[signatureKey] === referenceSignature && !accepts.resources) {
        const id = value.id;
        return id === undefined ? value.urn : id === "" ? forReceiver(unknownValue, accepts) : id;
    }
    return mapValues(value, (item) => forReceiver(item, accepts));
}

/** Rewrites properties for a provider or program that takes only some special values. */
export function propertiesFor(properties: PropertyMap, accepts: Acceptance): PropertyMap {
    return mapValues(properties, (value) => forReceiver(value, accepts));
}

/** The same value with every secret opened. */
export function reveal(value: PropertyValue): PropertyValue {
    return forReceiver(value, { secrets: false, resources: true, unknowns: true }) ?? null;
}

/**
 * Marks outputs secret where the input of the same name was: for providers that cannot keep secrets apart.
 * Objects are gone into, so that one secret in them does not hide the rest.
 */
export function annotateSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
    return mapValues(outputs, (output, key) => {
        const input = own(inputs, key);
        if (input === undefined || isSecret(output)) return output;
        if (isMap(output) && isMap(input) && !isSecret(input)) return annotateSecrets(output, input);
        return containsSecrets(input) ? secret(output) : output;
    });
}

/** What people see: secrets and unknowns by name. */
export function masked(value: PropertyValue): PropertyValue {
    if (isSecret(value)) {
        return "[secret]";
    }
    if (isUnknown(value)) {
        return "[unknown]";
    }
    if (Array.isArray(value)) {
        return (value as readonly PropertyValue[]).map(masked);
    }
    return isMap(value) ? mapValues(value, (item) => masked(item)) : value;
}

/** Deep equality; the order of keys does not count. */
export function equal(one: PropertyValue | undefined, other: PropertyValue | undefined): boolean {
    if (one === other) {
        return true;
    }
    if (Array.isArray(one) && Array.isArray(other)) {
        const [left, right] = [one as readonly PropertyValue[], other as readonly PropertyValue[]];
        return left.length === right.length && left.every((item, index) => equal(item, right[index]));
    }
    if (!isMap(one) || !isMap(other)) {
        return typeof one === "number" && typeof other === "number" && Object.is(one, other);
    }
    const keys = Object.keys(one);
    return (
        keys.length === Object.keys(other).length &&
        keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key]))
    );
}

/** A signed object of another kind. */
export function signed(signature: string, fields: PropertyMap): PropertyMap {
    return { [signatureKey]: signature, ...fields };
}
