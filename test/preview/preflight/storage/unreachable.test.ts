// Words for connections that fail in ways that cannot be had on any machine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noConnection } from "../../../../preview/preflight/storage/unreachable.ts";

function words(address: string, code: string): string {
    const { message, suggestion, level } = noConnection(address, Object.assign(new Error("no"), { code }));
    return `${level}: ${message} (${suggestion})`;
}

describe("an address that cannot be reached", () => {
    const rows: readonly [code: string, address: string, expected: string][] = [
        [
            "ENOTFOUND",
            "https://s3-wset.nrp-nautilus.io",
            "error: there is no host s3-wset.nrp-nautilus.io (did you mean s3-west.nrp-nautilus.io?)",
        ],
        [
            "ENOTFOUND",
            "https://storage.example.org",
            "error: there is no host storage.example.org (check its spelling, and this machine's network)",
        ],
        [
            "ENOTFOUND",
            "http://rook-ceph-rgw-centrals3.rook-central",
            "error: rook-ceph-rgw-centrals3.rook-central is the address for pods, unknown here, and local stages need the " +
                "one from outside (write https://s3-central.nrp-nautilus.io; pods get the one inside by themselves)",
        ],
        [
            "ENOTFOUND",
            "http://rook-ceph-rgw-easts3.rook-east.svc.cluster.local",
            "error: rook-ceph-rgw-easts3.rook-east.svc.cluster.local is the address for pods, unknown here, and local stages " +
                "need the one from outside (write https://s3-east.nrp-nautilus.io; pods get the one inside by themselves)",
        ],
        [
            "ENOTFOUND",
            "http://minio.storage.svc:9000",
            "error: minio.storage.svc is the address for pods, unknown here, and local stages need the one from outside " +
                "(write the address by which this machine reaches the server)",
        ],
        [
            "EAI_AGAIN",
            "https://storage.example.org",
            "warning: storage.example.org cannot be looked up now (is this machine on the network?)",
        ],
        [
            "EHOSTUNREACH",
            "https://storage.example.org",
            "error: there is no way to storage.example.org from here (does it need a VPN?)",
        ],
        [
            "ECONNRESET",
            "http://storage.example.org",
            "error: http://storage.example.org closes the connection (correct the port, or http:// and https://)",
        ],
        [
            "CERT_HAS_EXPIRED",
            "https://storage.example.org",
            "error: the certificate of storage.example.org has expired (tell those who run it, or set this machine's clock)",
        ],
        [
            "ERR_TLS_CERT_ALTNAME_INVALID",
            "https://[2001:db8::1]",
            "error: the certificate of 2001:db8::1 is for another name (write the name that it is for)",
        ],
        [
            "ESOMETHING",
            "https://storage.example.org",
            "error: https://storage.example.org cannot be reached: no (is it the address of the S3 server?)",
        ],
    ];
    for (const [code, address, expected] of rows) {
        it(`is told about for ${code} at ${address}`, () => {
            assert.equal(words(address, code), expected);
        });
    }
});
