// Pods for the rules of the Nautilus profile, and what those say of them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeProblem } from "../../../config/errors.ts";
import { judge } from "../../../preview/policy/lint.ts";
import { readPod } from "../../../preview/policy/pod.ts";
import { readProfile } from "../../../preview/policy/profile.ts";
import type { Subject } from "../../../preview/policy/rule.ts";
import type { RuleName } from "../../../preview/policy/rules.ts";

export const nautilus = readProfile("nautilus", {});

type Tree = Readonly<Record<string, unknown>>;

export const amounts = { cpu: "48", memory: "80G", "nvidia.com/gpu": "4", "ephemeral-storage": "25Gi" };

/** A training container that no rule minds, but for what is changed. */
export function train(changes: Tree = {}): Tree {
    return { name: "train", image: "x:v1", resources: { requests: amounts, limits: amounts }, ...changes };
}

/** One that asks for exactly what it is limited to, of one more resource. */
export function asking(resource: Tree): Tree {
    const all = { ...amounts, ...resource };
    return train({ resources: { requests: all, limits: all } });
}

/** A pod with one training container, and more. */
export function podWith(more: Tree): Tree {
    return { containers: [train()], ...more };
}

export interface RuleCase {
    readonly when: string;
    readonly spec: Tree;
    /** @default nothing */
    readonly says?: readonly string[];
}

/** What a rule says, without the source, which is expected at the end of each message. */
export function said(rule: RuleName, subject: Subject, source: string): string[] {
    return judge(nautilus, subject)
        .filter((breach) => breach.rule === rule)
        .map(({ message, suggestion }) => {
            assert.ok(message.endsWith(` (${source})`), message);
            const stated = message.slice(0, -` (${source})`.length);
            return describeProblem({ message: stated, ...(suggestion !== undefined && { suggestion }) });
        });
}

/** One test for each case. */
export function testRule(rule: RuleName, source: string, cases: readonly RuleCase[]): void {
    describe(`the rule ${rule}`, () => {
        for (const { when, spec, says = [] } of cases) {
            it(`${says.length > 0 ? "minds" : "is content with"} ${when}`, () => {
                assert.deepEqual(said(rule, { pod: readPod({ spec }) }, source), says);
            });
        }
    });
}
