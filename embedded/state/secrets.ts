// Pulumi's passphrase secrets: a key from PBKDF2 (SHA-256, a million rounds), values sealed with AES-256-GCM.
//
// A sealed value is `v1:<nonce>:<ciphertext and tag>`, both in base64. The salt is kept with the sealed word "pulumi",
// which tells a wrong passphrase from a right one: `v1:<salt>:v1:<nonce>:<ciphertext and tag>`.
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const rounds = 1_000_000;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const saltBytes = 8;
const knownWord = "pulumi";

const deriveKey = promisify(pbkdf2);

/** Seals and opens texts with one passphrase and salt. */
export interface Crypter {
    /** What a stack file has under `encryptionsalt` and a state under `secrets_providers`. */
    readonly salt: string;
    encrypt(plaintext: string): string;
    decrypt(sealed: string): string;
}

function crypterOf(key: Buffer, salt: string): Crypter {
    return {
        salt,
        encrypt(plaintext) {
            const nonce = randomBytes(nonceBytes);
            const cipher = createCipheriv("aes-256-gcm", key, nonce);
            const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
            return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
        },
        decrypt(text) {
            const [version, nonce, ciphertext, ...rest] = text.split(":");
            if (version !== "v1" || nonce === undefined || ciphertext === undefined || rest.length > 0) {
                throw new Error("a secret is not of the form v1:<nonce>:<ciphertext>");
            }
            const sealed = Buffer.from(ciphertext, "base64");
            try {
                const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
                decipher.setAuthTag(sealed.subarray(-tagBytes));
                const plain = [decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()];
                return Buffer.concat(plain).toString("utf8");
            } catch {
                throw new Error("a secret is damaged, or was sealed with another passphrase or salt");
            }
        },
    };
}

/** Makes a crypter with a new salt. */
export async function newCrypter(passphrase: string): Promise<Crypter> {
    const salt = randomBytes(saltBytes);
    const key = await deriveKey(passphrase, salt, rounds, keyBytes, "sha256");
    return crypterOf(key, `v1:${salt.toString("base64")}:${crypterOf(key, "").encrypt(knownWord)}`);
}

/** Opens the crypter of a stack; a wrong passphrase is an error here, not later. */
export async function openCrypter(passphrase: string, salt: string): Promise<Crypter> {
    const match = /^v1:([^:]*):(v1:[^:]*:[^:]*)$/.exec(salt);
    const [, saltText, proof] = match ?? [];
    if (saltText === undefined || proof === undefined) {
        throw new Error("the encryption salt of the stack is malformed");
    }
    const key = await deriveKey(passphrase, Buffer.from(saltText, "base64"), rounds, keyBytes, "sha256");
    const crypter = crypterOf(key, salt);
    let word: string | undefined;
    try {
        word = crypter.decrypt(proof);
    } catch {
        // A wrong key fails the authentication of AES-GCM.
    }
    if (word !== knownWord) {
        throw new Error("the passphrase does not open the secrets of this stack");
    }
    return crypter;
}
