// What nodeSelector and nodeAffinity mean for a node, as the scheduler reads them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { V1NodeSelectorRequirement } from "@kubernetes/client-node";
import type { Plain } from "../../../../pipeline/training/clusterObjects.ts";
import { allows, selects } from "../../../../preview/preflight/cluster/nodeAffinity.ts";

describe("a node's labels", () => {
    const labels = { zone: "a", memory: "81920", odd: "x" };
    const rows: readonly [Plain<V1NodeSelectorRequirement>, boolean][] = [
        [{ key: "zone", operator: "In", values: ["b", "a"] }, true],
        [{ key: "zone", operator: "In", values: ["b"] }, false],
        [{ key: "none", operator: "In", values: ["a"] }, false],
        [{ key: "zone", operator: "NotIn", values: ["a"] }, false],
        [{ key: "none", operator: "NotIn", values: ["a"] }, true],
        [{ key: "zone", operator: "Exists" }, true],
        [{ key: "none", operator: "Exists" }, false],
        [{ key: "none", operator: "DoesNotExist" }, true],
        [{ key: "memory", operator: "Gt", values: ["81919"] }, true],
        [{ key: "memory", operator: "Gt", values: ["81920"] }, false],
        [{ key: "memory", operator: "Lt", values: ["81921"] }, true],
        [{ key: "odd", operator: "Gt", values: ["1"] }, false],
        [{ key: "none", operator: "Lt", values: ["1"] }, false],
        [{ key: "zone", operator: "Unheard", values: ["a"] }, false],
    ];
    const required = (...terms: object[]) => ({
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
    });
    for (const [expression, expected] of rows) {
        const { key, operator, values = [] } = expression;
        it(`${expected ? "meet" : "do not meet"} ${[key, operator, ...values].join(" ")}`, () => {
            assert.equal(allows(required({ matchExpressions: [expression] }), { metadata: { labels } }), expected);
        });
    }

    it("must meet all of a term, and of the terms one", () => {
        const met = { key: "zone", operator: "Exists" };
        const unmet = { key: "none", operator: "Exists" };
        const node = { metadata: { labels, name: "n1" } };
        assert.equal(allows(required({ matchExpressions: [met, unmet] }), node), false);
        assert.equal(allows(required({ matchExpressions: [unmet] }, { matchExpressions: [met] }), node), true);
        assert.equal(allows(required({}), node), false);
        const named = { key: "metadata.name", operator: "In", values: ["n1"] };
        assert.equal(allows(required({ matchFields: [named] }), node), true);
        assert.equal(allows({}, node), true);
    });

    it("must hold each of a nodeSelector", () => {
        assert.equal(selects({ nodeSelector: { zone: "a", odd: "x" } }, { metadata: { labels } }), true);
        assert.equal(selects({ nodeSelector: { zone: "a", odd: "y" } }, { metadata: { labels } }), false);
        assert.equal(selects({ nodeSelector: { none: "a" } }, {}), false);
    });
});
