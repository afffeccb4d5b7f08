// What hosts mean, and to whom.
import assert from "node:assert/strict";
import { hostname, networkInterfaces } from "node:os";
import { describe, it } from "node:test";
import { readableOnTheWay } from "../../../../preview/preflight/storage/endpoint.ts";
import {
    hostOf,
    isInsideCluster,
    isLocalName,
    isOnlyHere,
    isThisMachine,
} from "../../../../preview/preflight/storage/hosts.ts";

describe("a host", () => {
    const rows: readonly [address: string, meaning: "only here" | "in a cluster" | "local name" | "anywhere"][] = [
        ["http://127.0.0.1:9000", "only here"],
        ["http://127.8.8.8", "only here"],
        ["http://0.0.0.0:9000", "only here"],
        ["http://169.254.1.1", "only here"],
        ["http://[::1]:9000", "only here"],
        ["http://[fe80::1]:9000", "only here"],
        ["http://localhost", "only here"],
        ["http://s3.localhost", "only here"],
        ["http://rook-ceph-rgw-centrals3.rook-central", "in a cluster"],
        ["http://minio.storage.svc:9000", "in a cluster"],
        ["http://minio.storage.svc.cluster.local", "in a cluster"],
        ["http://nas:9000", "local name"],
        ["http://nas.local", "local name"],
        ["https://s3-west.nrp-nautilus.io", "anywhere"],
        ["https://s3.svc.example.org", "anywhere"],
        ["http://10.213.0.1:9000", "anywhere"],
        ["http://[2001:db8::1]:9000", "anywhere"],
    ];
    for (const [address, meaning] of rows) {
        it(`of ${address} is ${meaning}`, () => {
            const host = hostOf(address);
            assert.equal(isOnlyHere(host), meaning === "only here");
            assert.equal(isInsideCluster(host), meaning === "in a cluster");
            assert.equal(isLocalName(host), meaning === "local name" || host === "localhost");
        });
    }

    it("is this machine by each of its addresses and by its name", () => {
        const addresses = Object.values(networkInterfaces()).flatMap((all) =>
            (all ?? []).map(({ address }) => address),
        );
        for (const own of [...addresses, hostname(), "localhost"]) assert.ok(isThisMachine(own), own);
        assert.ok(!isThisMachine("192.0.2.1"));
    });
});

describe("requests without encryption", () => {
    it("are warned of when others carry them, and only then", () => {
        const place = { section: "luigi_s3", key: "endpoint_url" };
        assert.deepEqual(readableOnTheWay("http://192.0.2.1:9000", place), [
            {
                level: "warning",
                problem: {
                    ...place,
                    message:
                        "http://192.0.2.1:9000 is not encrypted: others in the network can read the data, " +
                        "though not the secret key",
                    suggestion: "write https://, if the server has it",
                },
            },
        ]);
        for (const address of ["https://192.0.2.1", "http://localhost:9000", "http://minio.storage.svc"]) {
            assert.deepEqual(readableOnTheWay(address, place), []);
        }
    });
});
