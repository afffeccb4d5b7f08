import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sshCommand } from "../../../pipeline/revision/ssh.ts";

/** The arguments as the shell that git starts would hand them to ssh. */
function argumentsOf(command: string): string[] {
    const script = `set -- ${command}; shift; for argument; do printf '%s\\0' "$argument"; done`;
    return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe("sshCommand", () => {
    it("checks the host key, and uses this key and nothing of the user's", () => {
        const command = sshCommand({ keyFile: "/k", knownHostsFile: "/known hosts", checkHostKey: true });
        assert.deepEqual(argumentsOf(command), [
            ...["-F", "/dev/null", "-i", "/k", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"],
            ...["-o", "IdentityAgent=none", "-o", "ConnectTimeout=20", "-o", "StrictHostKeyChecking=yes"],
            ...["-o", 'UserKnownHostsFile="/known hosts"', "-o", "GlobalKnownHostsFile=/dev/null"],
        ]);
    });

    it("remembers no host key when they are not checked", () => {
        const given = argumentsOf(sshCommand({ keyFile: "/k", checkHostKey: false }));
        assert.ok(given.includes("StrictHostKeyChecking=no") && given.includes("UserKnownHostsFile=/dev/null"));
    });

    it("gives a silent server up after the time it is told", () => {
        const given = argumentsOf(sshCommand({ keyFile: "/k", checkHostKey: false, connectTimeoutSeconds: 5 }));
        assert.ok(given.includes("ConnectTimeout=5"));
    });

    it("keeps every path one argument, whatever characters it has", () => {
        const name = fc.stringMatching(/^[^\0]{1,30}$/);
        fc.assert(
            fc.property(name, (text) => {
                const keyFile = `/${text}`;
                const given = argumentsOf(sshCommand({ keyFile, checkHostKey: false }));
                assert.equal(given[3], keyFile.replaceAll("%", "%%"));
            }),
            { numRuns: 60 },
        );
    });
});
