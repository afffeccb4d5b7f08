// Reads the private key that git-sync will use, and finds what ssh in the pod would choke on.
import { readFileSync, statSync } from "node:fs";
import sshpk from "sshpk";
import { mendKey } from "../../pipeline/revision/keyFile.ts";

/** Private keys are a few kilobytes; anything larger is another file. */
const maxKeyBytes = 64 * 1024;

/** Why a key cannot be used, and what to do about it; never holds any of the key. */
export class KeyProblem extends Error {
    readonly suggestion: string | undefined;

    constructor(message: string, suggestion?: string) {
        super(message);
        this.name = "KeyProblem";
        this.suggestion = suggestion;
    }
}

/** The text of the key, with the line endings and the final newline that ssh wants. Throws a KeyProblem. */
export function readDeployKey(file: string): string {
    const text = mendKey(readKeyFile(file));
    if (/^-----BEGIN (RSA |DSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----$/m.test(text)) {
        checkPrivateKey(file, text);
        return text;
    }
    if (text.startsWith("PuTTY-User-Key-File")) {
        throw new KeyProblem(`${file} is a PuTTY key`, `convert it: puttygen ${file} -O private-openssh -o NEW_FILE`);
    }
    if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(text) || /^-+ ?BEGIN (SSH2 |RSA )?PUBLIC KEY/.test(text)) {
        throw new KeyProblem(`${file} is a public key`, "name the private key, usually the same name without .pub");
    }
    throw new KeyProblem(`${file} is not a private key`, "make one: ssh-keygen -t ed25519 -N '' -f NEW_FILE");
}

function readKeyFile(file: string): string {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) {
        throw new KeyProblem(`${file} does not exist`, "make one: ssh-keygen -t ed25519 -N '' -f FILE");
    }
    if (!stat.isFile()) {
        throw new KeyProblem(`${file} is ${stat.isDirectory() ? "a directory" : "not a file"}`);
    }
    if (stat.size > maxKeyBytes) {
        throw new KeyProblem(`${file} has ${stat.size} bytes, too many for a key`);
    }
    if ((stat.mode & 0o077) !== 0) {
        const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
        throw new KeyProblem(`${file} can be read by other users (mode ${mode})`, `chmod 600 ${file}`);
    }
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new KeyProblem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
}

function checkPrivateKey(file: string, text: string): void {
    try {
        sshpk.parsePrivateKey(text, "auto", { filename: file });
    } catch (error) {
        if (error instanceof sshpk.KeyEncryptedError || /^-----BEGIN ENCRYPTED/m.test(text)) {
            throw new KeyProblem(
                `${file} is protected by a passphrase, which nobody can type in a pod`,
                "make a key without one for this repository (a deploy key): ssh-keygen -t ed25519 -N '' -f FILE",
            );
        }
        // The parser's message may quote the key.
        throw new KeyProblem(
            `${file} is damaged, or of a kind that is not supported`,
            "allowed are ed25519, ecdsa, rsa",
        );
    }
}
