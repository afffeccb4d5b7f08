// The stack file (Pulumi.<stack>.yaml): configuration for the program, and the salt of the stack's secrets.
import { Document, parseDocument } from "yaml";
import { replaceFile } from "../../files/replaceFile.ts";
import { readIfThere } from "./files.ts";
import type { Crypter } from "./secrets.ts";

/** Configuration as the language host hands it on: full key to text; objects as JSON. */
export interface StackConfig {
    readonly values: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
    /** The decrypted texts, also those deep in objects. */
    readonly secrets: readonly string[];
}

export interface StackFile {
    readonly path: string;
    readonly salt: string | undefined;
    readonly hasSecrets: boolean;
    /** Decrypts the configuration; the crypter is only needed when there are secrets. */
    config(crypter: Crypter | undefined): StackConfig;
}

const understood = new Set(["config", "encryptionsalt", "secretsprovider"]);

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecure(value: unknown): value is { secure: string } {
    return isMap(value) && Object.keys(value).length === 1 && typeof value.secure === "string";
}

function holdsSecret(value: unknown): boolean {
    if (isSecure(value)) {
        return true;
    }
    return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

function decrypted(value: unknown, decrypt: (sealed: string) => string): unknown {
    if (isSecure(value)) {
        return decrypt(value.secure);
    }
    if (Array.isArray(value)) {
        return value.map((item) => decrypted(item, decrypt));
    }
    if (isMap(value)) {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decrypted(item, decrypt)]));
    }
    return value;
}

function asText(value: unknown): string {
    return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Reads a stack file; a missing one is an empty one. */
export async function readStackFile(path: string): Promise<StackFile> {
    const document = parseDocument((await readIfThere(path)) ?? "");
    const [problem] = document.errors;
    if (problem) {
        throw new Error(`${path}: ${problem.message}`);
    }
    const root = (document.toJS() as unknown) ?? {};
    if (!isMap(root)) {
        throw new Error(`${path}: expected a map with the key "config"`);
    }
    for (const key of Object.keys(root)) {
        if (!understood.has(key)) {
            throw new Error(`${path}: "${key}" is not supported by the embedded engine; use the Pulumi CLI`);
        }
    }
    const provider = root.secretsprovider;
    if (provider !== undefined && provider !== "" && provider !== "passphrase") {
        throw new Error(`${path}: secretsprovider ${asText(provider)} is not supported, only "passphrase"`);
    }
    if (root.config !== undefined && root.config !== null && !isMap(root.config)) {
        throw new Error(`${path}: "config" must be a map of keys and values`);
    }
    const entries = Object.entries(root.config ?? {});
    const salt = root.encryptionsalt;
    return {
        path,
        salt: typeof salt === "string" && salt !== "" ? salt : undefined,
        hasSecrets: entries.some(([, value]) => holdsSecret(value)),
        config(crypter) {
            const secrets: string[] = [];
            const decrypt = (sealed: string): string => {
                if (crypter === undefined) {
                    throw new Error("it is a secret, but the file has no encryptionsalt");
                }
                const text = crypter.decrypt(sealed);
                secrets.push(text);
                return text;
            };
            const plain = ([key, value]: [string, unknown]): [string, string] => {
                try {
                    return [key, asText(decrypted(value, decrypt))];
                } catch (error) {
                    throw new Error(`${path}: ${key}: ${(error as Error).message}`);
                }
            };
            return {
                values: Object.fromEntries(entries.map(plain)),
                secretKeys: entries.filter(([, value]) => holdsSecret(value)).map(([key]) => key),
                secrets,
            };
        },
    };
}

/** Writes the salt into the stack file and leaves all else, comments too, as it is. */
export async function writeSalt(path: string, salt: string): Promise<void> {
    const text = (await readIfThere(path)) ?? "";
    const document: Document = text.trim() === "" ? new Document({}) : parseDocument(text);
    document.set("encryptionsalt", salt);
    await replaceFile(path, document.toString({ lineWidth: 0 }));
}
