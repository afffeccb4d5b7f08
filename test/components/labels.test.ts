import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { objectLabels, objectName } from "../../components/labels.ts";

const runDir = "s3://bucket/run";

describe("objectName", () => {
    it("is readable, and the same every time", () => {
        const name = objectName({ experiment: "My_First.Run", runDir });
        assert.match(name, /^aframe-my-first-run-[0-9a-f]{8}$/);
        assert.equal(objectName({ experiment: "My_First.Run", runDir }), name);
    });

    it("tells apart two users who call their experiments the same", () => {
        const [one, other] = ["s3://bucket/a/run", "s3://bucket/b/run"];
        assert.notEqual(objectName({ experiment: "x", runDir: one }), objectName({ experiment: "x", runDir: other }));
    });

    it("tells apart experiments that only differ where names must be cut", () => {
        const long = "x".repeat(99);
        const names = ["a", "b"].map((end) => objectName({ experiment: long + end, runDir }, "scripts"));
        assert.notEqual(names[0], names[1]);
    });

    it("is a DNS label of at most 63 characters for every name of a stack", () => {
        const stackName = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$/);
        const role = fc.constantFrom(undefined, "ssh", "env", "data", "scripts");
        fc.assert(
            fc.property(stackName, role, (experiment, part) => {
                assert.match(objectName({ experiment, runDir }, part), /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
            }),
        );
    });
});

describe("objectLabels", () => {
    it("holds only values a label may have", () => {
        for (const value of Object.values(objectLabels({ experiment: "odd_name_.", runDir }))) {
            assert.match(value, /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
        }
    });
});
