// The effect that is told of every key of the stack's config is what really changes.
import assert from "node:assert/strict";
import { before, describe, it, test } from "node:test";
import { pathsSection } from "../../../config/keys/services.ts";
import { stackConfigKeys } from "../../../config/stack.ts";
import type { Where } from "../../../preview/effects/effect.ts";
import { effectOf, stackSection } from "../../../preview/effects/effects.ts";
import { stackEffectKeys } from "../../../preview/effects/stackKeys.ts";
import type { Declared } from "../../helpers/mocks.ts";
import { differenceOf, sorted } from "./difference.ts";
import { declare, directories, type Edit, makeFiles, withPart } from "./liveExperiment.ts";

// Pulumi takes a stack trace with every promise that it makes, and nobody reads these.
Error.stackTraceLimit = 0;

const s3Keys = { s3AccessKeyId: "D", s3SecretAccessKey: "E" };

/** Another value of every key; undefined takes it away. */
const edits: Readonly<Record<string, (where: Where) => Edit>> = {
    directory: () => ({ stack: { directory: directories[1] } }),
    config: () => ({ stack: { config: "copy.cfg" } }),
    settings: () => ({ cfg: { luigi_base: { seed: "1122" } } }),
    law: () => ({ stack: { law: ["uv", "run", "law"] } }),
    workers: () => ({ stack: { workers: 9 } }),
    gpus: () => ({ stack: { gpus: "0,1" } }),
    dev: () => ({ stack: { dev: true } }),
    "kubernetes.context": (where) => ({ stack: withPart(where, "kubernetes", "context", "another") }),
    "kubernetes.namespace": (where) => ({ stack: withPart(where, "kubernetes", "namespace", "another") }),
    volume: () => ({ stack: { volume: undefined } }),
    "volume.storageClassName": (where) => ({ stack: withPart(where, "volume", "storageClassName", "another") }),
    "volume.size": (where) => ({ stack: withPart(where, "volume", "size", "300Gi") }),
    podTemplatePatch: () => ({ stack: { podTemplatePatch: { spec: { priorityClassName: "opportunistic" } } } }),
    artifacts: () => ({ stack: { artifacts: "delete" } }),
    createBucket: () => ({ stack: { createBucket: true } }),
    wait: () => ({ stack: { wait: false } }),
    adoptExisting: () => ({ stack: { adoptExisting: true } }),
    preflight: () => ({ stack: { preflight: false } }),
    policy: () => ({ stack: { policy: "off" } }),
    policyProfile: () => ({ stack: { policyProfile: "/another/profile.yaml" } }),
    wandbApiKey: () => ({ secrets: { wandbApiKey: "D" } }),
    s3AccessKeyId: () => ({ secrets: s3Keys }),
    s3SecretAccessKey: () => ({ secrets: s3Keys }),
    environment: (where) => ({ stack: withPart(where, "environment", "AFRAME_REPO", "/another/checkout") }),
    ...Object.fromEntries(
        pathsSection.keys.map(({ decidedBy = "" }) => [`environment.${decidedBy}`, moveTo(decidedBy)]),
    ),
};

function moveTo(variable: string): (where: Where) => Edit {
    return (where) => {
        const isOnS3 = where === "remote" && ["AFRAME_TRAIN_DATA_DIR", "AFRAME_TRAIN_RUN_DIR"].includes(variable);
        return { stack: withPart(where, "environment", variable, `${isOnS3 ? "s3://my-bucket" : ""}/another/place`) };
    };
}

before(makeFiles);

for (const where of ["local", "remote"] as const) {
    describe(`an experiment with ${where} training`, () => {
        let up: readonly Declared[];
        before(async () => {
            up = await declare(where, {});
        });

        for (const [key, edit] of Object.entries(edits)) {
            it(`changes by an edit of aframe:${key} as is told`, async () => {
                const told = effectOf(stackSection, key, where);
                assert.deepEqual(sorted(await differenceOf(up, await declare(where, edit(where)))), sorted(told));
            });
        }
    });
}

test("something is told of every key of a stack's config, and has been tried on it or on its parts", () => {
    const tried = Object.keys(edits);
    const isTried = (key: string) => tried.some((one) => one === key || one.startsWith(`${key}.`));
    assert.deepEqual(
        [...stackConfigKeys.map(({ name }) => name), ...stackEffectKeys].filter((key) => !isTried(key)),
        [],
    );
    assert.deepEqual(
        stackConfigKeys.filter(({ name }) => !stackEffectKeys.includes(name)),
        [],
    );
});

test("a map that is known by its parts changes what they change", () => {
    const told = effectOf(stackSection, "kubernetes", "remote");
    for (const part of ["kubernetes.context", "kubernetes.namespace"]) {
        for (const replaced of effectOf(stackSection, part, "remote").replaces) {
            assert.ok(told.replaces.includes(replaced), `${part}: ${replaced}`);
        }
    }
});
