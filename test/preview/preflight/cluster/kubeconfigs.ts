// Kubeconfigs as they come from a cluster's people, with certificates and tokens of any age.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { UnsecuredJWT } from "jose";
import { generate } from "selfsigned";
import { stringify } from "yaml";

const folder = mkdtempSync(path.join(tmpdir(), "aframe-kubeconfig-"));
after(() => {
    rmSync(folder, { recursive: true, force: true });
});

export const hour = 3_600_000;

let count = 0;

/** A file of that content, executable when it is a program. */
export function file(content: string): string {
    count += 1;
    const name = path.join(folder, `file-${count}`);
    writeFileSync(name, content, { mode: content.startsWith("#!") ? 0o755 : 0o600 });
    return name;
}

export interface Kubeconfig {
    readonly server?: string;
    readonly cluster?: object;
    readonly user?: object;
    readonly context?: object;
    /** @default "nautilus" */
    readonly name?: string;
}

/** Of one cluster `main`, one user `ada` and one context; the server is one that nobody asks. */
export function kubeconfig({ server = "https://127.0.0.1:9", name = "nautilus", ...parts }: Kubeconfig = {}): string {
    const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: `main-${name}`, cluster: { server, ...parts.cluster } }],
        users: [{ name: `ada-${name}`, user: parts.user ?? { token: "opaque" } }],
        contexts: [{ name, context: { cluster: `main-${name}`, user: `ada-${name}`, ...parts.context } }],
    };
    return file(stringify(config));
}

export function tokenUntil(date: Date): string {
    return new UnsecuredJWT({ sub: "ada" }).setExpirationTime(date).encode();
}

/** Signed by itself, for this machine's own address. */
export function makeCertificate(from: Date, until: Date, ip = "127.0.0.1") {
    return generate([{ name: "commonName", value: "ada" }], {
        keyType: "ec",
        algorithm: "sha256",
        notBeforeDate: from,
        notAfterDate: until,
        extensions: [
            { name: "basicConstraints", cA: true },
            { name: "subjectAltName", altNames: [{ type: 7, ip }] },
        ],
    });
}
