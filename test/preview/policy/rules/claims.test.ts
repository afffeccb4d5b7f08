import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { said } from "../fixture.ts";

const source = "Nautilus: https://nrp.ai/documentation/userdocs/storage/ceph";
const usable =
    "one of rook-cephfs (US West), rook-cephfs-central (US Central), rook-cephfs-east (US East), " +
    "rook-cephfs-south-east (US South East), rook-cephfs-pacific (Hawaii and Guam)";

const cases: readonly (readonly [string, string[]])[] = [
    ["rook-cephfs-central", []],
    ["a-class-of-my-own", []],
    ["ceph-rbd", [`ceph-rbd is there but has never made a volume (${usable})`]],
    ["rook-cephfs-haosu", [`rook-cephfs-haosu is kept for one group (${usable})`]],
];

describe("the rule storage-classes", () => {
    for (const [storageClassName, says] of cases) {
        it(`${says.length > 0 ? "minds" : "is content with"} ${storageClassName}`, () => {
            assert.deepEqual(said("storage-classes", { claim: { storageClassName } }, source), says);
        });
    }

    it("has nothing to say of a stack without a claim", () => {
        assert.deepEqual(said("storage-classes", {}, source), []);
    });
});
