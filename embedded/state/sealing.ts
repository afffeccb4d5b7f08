// Property values in a state file: as they are, but for sealed secrets and the numbers that JSON lacks.
import {
    isMap,
    isSecret,
    isSignedSecret,
    mapValues,
    type PropertyMap,
    type PropertyValue,
    reveal,
    sealedSecret,
    secret,
    signatureOf,
    signed,
} from "./propertyValues.ts";
import type { Crypter } from "./secrets.ts";

const floatSignature = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c";

function encodeFloat(value: number): PropertyMap {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return signed(floatSignature, { value: bytes.toString("hex") });
}

function encode(value: PropertyValue, crypter: Crypter): PropertyValue {
    if (typeof value === "number" && !Number.isFinite(value)) {
        return encodeFloat(value);
    }
    if (Array.isArray(value)) {
        return (value as readonly PropertyValue[]).map((item) => encode(item, crypter));
    }
    if (!isMap(value)) {
        return value;
    }
    if (isSecret(value)) {
        // All of it is sealed at once, so secrets inside of it need no seal of their own.
        return sealedSecret(crypter.encrypt(JSON.stringify(encode(reveal(value.value), crypter))));
    }
    return encodeProperties(value, crypter);
}

export function encodeProperties(properties: PropertyMap, crypter: Crypter): PropertyMap {
    return mapValues(properties, (value) => encode(value, crypter));
}

function textOf(value: PropertyValue | undefined): string {
    if (typeof value !== "string") {
        throw new Error("the state has a malformed special value: its content is no text");
    }
    return value;
}

export type Decrypt = (sealed: string) => string;

function decode(value: PropertyValue, decrypt: Decrypt): PropertyValue {
    if (Array.isArray(value)) {
        return (value as readonly PropertyValue[]).map((item) => decode(item, decrypt));
    }
    if (!isMap(value)) {
        return value;
    }
    if (isSignedSecret(value)) {
        const { ciphertext, plaintext } = value;
        const text = typeof plaintext === "string" ? plaintext : decrypt(textOf(ciphertext));
        return secret(decode(JSON.parse(text) as PropertyValue, (inner) => inner));
    }
    if (signatureOf(value) === floatSignature) {
        return Buffer.from(textOf(value.value), "hex").readDoubleBE();
    }
    return decodeProperties(value, decrypt);
}

export function decodeProperties(properties: PropertyMap, decrypt: Decrypt): PropertyMap {
    return mapValues(properties, (value) => decode(value, decrypt));
}

/** What a state file holds with every secret in clear, as `--show-secrets` prints it; all else stays as it is. */
export function unsealed(value: PropertyValue, decrypt: Decrypt): PropertyValue {
    if (Array.isArray(value)) {
        return (value as readonly PropertyValue[]).map((item) => unsealed(item, decrypt));
    }
    if (!isMap(value)) {
        return value;
    }
    const { ciphertext, ...rest } = value;
    if (isSignedSecret(value) && typeof ciphertext === "string") {
        return { ...rest, plaintext: decrypt(ciphertext) };
    }
    return mapValues(value, (item) => unsealed(item, decrypt));
}
