// Pulumi's passphrase secrets, against an own derivation of the key.
import assert from "node:assert/strict";
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { describe, test } from "node:test";
import { newCrypter, openCrypter } from "../../../embedded/state/secrets.ts";

describe("passphrase secrets", () => {
    test("are sealed as Pulumi does: PBKDF2 with a million rounds, AES-256-GCM, v1:nonce:ciphertext", async () => {
        const crypter = await newCrypter("pass");
        const sealed = crypter.encrypt("grüße");
        assert.match(sealed, /^v1:[A-Za-z0-9+/=]{16}:[A-Za-z0-9+/=]+$/);
        assert.match(crypter.salt, /^v1:[A-Za-z0-9+/]{11}=:v1:[A-Za-z0-9+/=]{16}:[A-Za-z0-9+/=]+$/);

        const [nonce = "", ciphertext = ""] = sealed.split(":").slice(1);
        const salt = Buffer.from(crypter.salt.split(":")[1] ?? "", "base64");
        const key = pbkdf2Sync("pass", salt, 1_000_000, 32, "sha256");
        const bytes = Buffer.from(ciphertext, "base64");
        const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
        decipher.setAuthTag(bytes.subarray(-16));
        assert.equal(decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8"), "grüße");
        assert.equal((await openCrypter("pass", crypter.salt)).decrypt(sealed), "grüße");
    });

    test("are different each time and refuse tampering", async () => {
        const crypter = await newCrypter("");
        const [one, two] = [crypter.encrypt("x"), crypter.encrypt("x")];
        assert.notEqual(one, two);
        const [version, nonce, ciphertext = ""] = one.split(":");
        const bytes = Buffer.from(ciphertext, "base64");
        bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
        assert.throws(() => crypter.decrypt(`${version}:${nonce}:${bytes.toString("base64")}`));
        assert.throws(() => crypter.decrypt("plain"), /not of the form/);
    });

    test("are not opened by another passphrase or a broken salt", async () => {
        const { salt } = await newCrypter("right");
        await assert.rejects(openCrypter("wrong", salt), /passphrase does not open/);
        await assert.rejects(openCrypter("right", "v1:abc"), /malformed/);
    });
});
