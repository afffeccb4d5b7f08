// A certificate for this machine's own address, signed by itself, and trust in it.
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import tls from "node:tls";
import { generate } from "selfsigned";

export interface Certificate {
    /** PEM; a child process trusts it when `NODE_EXTRA_CA_CERTS` names it. */
    readonly file: string;
    readonly keyFile: string;
}

/** Makes one in the folder; this process trusts it from now on, as all clients in it do. */
export async function makeTrustedCertificate(folder: string): Promise<Certificate> {
    // Of two authorities with one name, only the first would be asked.
    const pems = await generate([{ name: "commonName", value: randomUUID() }], {
        keyType: "ec",
        algorithm: "sha256",
        extensions: [
            { name: "basicConstraints", cA: true },
            { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
        ],
    });
    const certificate = { file: path.join(folder, "certificate.pem"), keyFile: path.join(folder, "key.pem") };
    writeFileSync(certificate.file, pems.cert);
    writeFileSync(certificate.keyFile, pems.private, { mode: 0o600 });
    tls.setDefaultCACertificates([...tls.getCACertificates("default"), pems.cert]);
    return certificate;
}
