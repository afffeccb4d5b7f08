// What a shell would act on: values reach other programs as single arguments, and no shell reads them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { knownSections } from "../../config/defaults.ts";
import { surveyExperiment } from "../../config/experiment.ts";
import type { KnownKey } from "../../config/keys/known.ts";
import { surveyStack } from "../../config/stack.ts";
import { directory, kubernetes, optionsOf, remoteDirectories } from "./sample.ts";

/** What a shell, and nothing else, would make something of. */
const hostile = "a';$(touch x)`id`\"|&<>*?[!]{}\\";

function isForTasks({ decidedBy, own, noEffect }: KnownKey): boolean {
    return decidedBy === undefined && !own && noEffect === undefined;
}

test("what a shell would act on is refused or kept to the letter, in every key", () => {
    const kept = new Set<string>();
    for (const { name, keys } of knownSections.filter((section) => section.name !== "core")) {
        for (const { key, type } of keys.filter(isForTasks)) {
            const stack = { kubernetes, settings: { [name]: { [key]: hostile } } };
            const { settings, problems } = surveyExperiment(
                surveyStack("my-run", { directory, environment: remoteDirectories, ...stack }, "stack").settings,
                optionsOf({ files: { [hostile]: "" } }),
            );
            const row = settings?.values.find((value) => value.section === name && value.key === key);
            assert.ok(problems.length > 0 || row?.value === hostile, `[${name}] ${key}`);
            if (problems.length === 0) kept.add(type);
        }
    }
    assert.deepEqual([...kept].sort(), ["csv", "path", "string"]);
});

test("what a shell would act on is refused or kept to the letter, in the stack's config", () => {
    const rows: readonly (readonly [raw: Record<string, unknown>, kept?: unknown])[] = [
        [{ directory: `/${hostile}` }, `/${hostile}`],
        [{ config: hostile }, hostile],
        [{ law: ["law", hostile] }, ["law", hostile]],
        [{ environment: { AFRAME_TMPDIR: hostile } }, { AFRAME_TMPDIR: hostile }],
        [{ kubernetes: { context: hostile, namespace: "physics" } }, { context: hostile, namespace: "physics" }],
        [{ gpus: hostile }],
        [{ workers: hostile }],
        [{ artifacts: hostile }],
        [{ kubernetes: { context: "nautilus", namespace: hostile } }],
        [{ volume: { storageClassName: hostile, size: "1Gi" } }],
        [{ volume: { storageClassName: "block", size: hostile } }],
        [{ environment: { [hostile]: "x" } }],
        [{ settings: { [hostile]: { seed: 1 } } }],
        [{ settings: { luigi_Train: { [hostile]: 1 } } }],
    ];
    for (const [raw, kept] of rows) {
        const { settings, problems } = surveyStack("my-run", { directory, ...raw }, "stack");
        const [key = ""] = Object.keys(raw);
        assert.equal(problems.length, kept === undefined ? 1 : 0, key);
        if (kept !== undefined) assert.deepEqual((settings as unknown as Record<string, unknown>)[key], kept);
    }
    assert.equal(surveyStack(hostile, { directory }, "stack").problems.length, 1);
});
