import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { mergePodTemplate } from "../../components/podTemplatePatch.ts";

const template = {
    metadata: { labels: { a: "1" } },
    spec: {
        containers: [{ name: "train", image: "x", env: [{ name: "A", value: "1" }], args: ["one", "two"] }],
        tolerations: [{ key: "old" }],
        restartPolicy: "Never",
    },
};

describe("mergePodTemplate", () => {
    it("leaves the template alone without a patch", () => {
        assert.equal(mergePodTemplate(template, undefined), template);
    });

    it("merges objects, and list items of the same name", () => {
        const patch = {
            metadata: { labels: { b: "2" } },
            spec: { containers: [{ name: "train", env: [{ name: "B", value: "2" }] }] },
        };
        assert.deepEqual(mergePodTemplate(template, patch), {
            metadata: { labels: { a: "1", b: "2" } },
            spec: {
                ...template.spec,
                containers: [
                    {
                        ...template.spec.containers[0],
                        env: [
                            { name: "A", value: "1" },
                            { name: "B", value: "2" },
                        ],
                    },
                ],
            },
        });
    });

    it("appends items of a new name and replaces lists that have no names", () => {
        const patch = { spec: { tolerations: [{ key: "new" }], containers: [{ name: "side", image: "y" }] } };
        const { spec } = mergePodTemplate(template, patch);
        assert.deepEqual(spec.tolerations, [{ key: "new" }]);
        assert.deepEqual(
            spec.containers.map(({ name }) => name),
            ["train", "side"],
        );
        assert.deepEqual(spec.containers[0]?.args, ["one", "two"]);
    });

    it("removes what the patch sets to null", () => {
        assert.ok(!("restartPolicy" in mergePodTemplate(template, { spec: { restartPolicy: null } }).spec));
    });

    it("does not change what it was given", () => {
        const before = structuredClone(template);
        mergePodTemplate(template, { spec: { containers: [{ name: "train", image: "z" }] } });
        assert.deepEqual(template, before);
    });

    it("replaces values that are known only later instead of looking into them", () => {
        const later = pulumi.output({ a: 1 });
        assert.deepEqual(mergePodTemplate({ labels: later }, { labels: { b: 2 } }), { labels: { b: 2 } });
    });
});
