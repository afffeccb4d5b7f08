// The stack's config.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStackSettings, stackConfigKeys } from "../../config/stack.ts";
import { linesOf } from "./sample.ts";

const source = "stacks/Pulumi.my-run.yaml";
const parse = (raw: Readonly<Record<string, unknown>>, name = "my-run") =>
    parseStackSettings(name, { directory: "/run", ...raw }, source);

test("all keys but the directory have a default", () => {
    assert.deepEqual(parse({}), {
        name: "my-run",
        directory: "/run",
        config: "sandbox.cfg",
        environment: {},
        settings: {},
        workers: 5,
        gpus: "0",
        dev: false,
        artifacts: "retain",
        createBucket: false,
        wait: true,
        adoptExisting: false,
        preflight: true,
        policy: "warn",
        policyProfile: "nautilus",
    });
});

test("values may be given as YAML has them or as texts, as `pulumi config set` writes them", () => {
    assert.deepEqual(parse({ workers: 2, dev: true, gpus: 1 }), parse({ workers: "2", dev: "true", gpus: "1" }));
});

test("overrides become the texts that the cfg would hold", () => {
    const settings = { luigi_base: { ifos: ["H1"], highpass: 30.5, lowpass: null }, luigi_Train: { use_wandb: false } };
    assert.deepEqual(parse({ settings }).settings, {
        luigi_base: { ifos: '["H1"]', highpass: "30.5", lowpass: "" },
        luigi_Train: { use_wandb: "false" },
    });
});

test("everything can be set", () => {
    const raw = {
        directory: "/home/albert einstein/run/",
        config: "other.cfg",
        environment: { AFRAME_TMPDIR: "/tmp/x", YEAR: 2026 },
        law: ["uv", "run", "law"],
        gpus: "0,1",
        kubernetes: { context: "nautilus", namespace: "bbhnet" },
        volume: { storageClassName: "rook-cephfs", size: "500Gi" },
        podTemplatePatch: { spec: { priorityClassName: "low" } },
        artifacts: "delete",
        createBucket: true,
        wait: false,
        adoptExisting: true,
        policy: "strict",
    };
    const expected = {
        ...raw,
        directory: "/home/albert einstein/run",
        environment: { AFRAME_TMPDIR: "/tmp/x", YEAR: "2026" },
    };
    const others = { name: "my-run", settings: {}, workers: 5, dev: false };
    assert.deepEqual(parse(raw), { ...others, preflight: true, policyProfile: "nautilus", ...expected });
});

test("the secret keys are known but no settings", () => {
    const secrets = stackConfigKeys.filter((key) => "secret" in key).map(({ name }) => name);
    assert.deepEqual(secrets, ["wandbApiKey", "s3AccessKeyId", "s3SecretAccessKey"]);
    const settings = parse(Object.fromEntries(secrets.map((name) => [name, "canary"])));
    assert.doesNotMatch(JSON.stringify(settings), /canary/);
});

const mistakes: readonly (readonly [raw: Readonly<Record<string, unknown>>, message: string])[] = [
    [{ directory: undefined }, "aframe:directory: is not set (the experiment directory that aframe-init made)"],
    [{ directory: "run" }, 'aframe:directory: "run" is not an absolute path'],
    [{ direcory: "/x" }, "aframe:direcory: there is no such key (did you mean directory?)"],
    [{ colour: "red" }, "aframe:colour: there is no such key"],
    [{ config: "a/b.cfg" }, 'aframe:config: "a/b.cfg" is not right (a file name, without a folder)'],
    [{ config: ".." }, 'aframe:config: ".." is not right (a file name, without a folder)'],
    [{ workers: 0 }, 'aframe:workers: "0" is not right (a whole number from 1 to 256)'],
    [{ workers: "two" }, 'aframe:workers: "two" is not right (a whole number from 1 to 256)'],
    [{ gpus: "0;1" }, 'aframe:gpus: "0;1" is not right (GPU ids with commas between, such as "0,1")'],
    [{ dev: "yes" }, 'aframe:dev: "yes" is not right (true or false)'],
    [{ artifacts: "purge" }, 'aframe:artifacts: "purge" is not right (one of retain, delete)'],
    [{ policy: "loud" }, 'aframe:policy: "loud" is not right (one of warn, off, strict)'],
    [{ law: "uv run law" }, 'aframe:law: "uv run law" is not a command (a list of texts such as ["uv", "run", "law"])'],
    [{ law: [] }, 'aframe:law: "[]" is not a command (a list of texts such as ["uv", "run", "law"])'],
    [{ kubernetes: { context: "x" } }, "aframe:kubernetes.namespace: is not set"],
    [{ kubernetes: { context: "x", namespace: "A" } }, 'aframe:kubernetes.namespace: "A" is not right'],
    [
        { kubernetes: { context: "x", namespace: "a", contxt: "y" } },
        "aframe:kubernetes.contxt: there is no such key (did you mean context?)",
    ],
    [{ volume: { storageClassName: "c", size: "big" } }, 'aframe:volume.size: "big" is not right'],
    [{ volume: { storageClassName: "c", size: "500K" } }, 'aframe:volume.size: "500K" is not right'],
    [{ volume: { storageClassName: "c", size: "0Gi" } }, 'aframe:volume.size: "0Gi" is not right'],
    [{ volume: "500Gi" }, 'aframe:volume: "500Gi" is not an object'],
    [
        { environment: { AWS_SECRET_ACCESS_KEY: "canary" } },
        "aframe:environment.AWS_SECRET_ACCESS_KEY: a credential must not stand here in clear (aframe config set --secret)",
    ],
    [{ environment: { "A-B": "x" } }, "aframe:environment.A-B: is not the name of a variable"],
    [{ environment: { A: ["x"] } }, 'aframe:environment.A: "["x"]" is not a text'],
    [{ settings: { luigi_Train: 4 } }, 'aframe:settings.luigi_Train: "4" is not a section (section: key: value)'],
    [
        { settings: { luigi_Train: { "request gpus": 4 } } },
        "aframe:settings.luigi_Train.request gpus: is not a section and a key (letters, digits, _ . -)",
    ],
    [
        { settings: { core: { inherit: "x.cfg" } } },
        "aframe:settings.core.inherit: inherit cannot be overridden (edit the cfg)",
    ],
    [
        { settings: { s: { k: { a: 1 } } } },
        "aframe:settings.s.k: an object is not a cfg value (a text, a number, true, false or a list)",
    ],
    [
        { settings: { s: { k: "a\nb" } } },
        "aframe:settings.s.k: the value holds a line break or another control character",
    ],
];

for (const [raw, message] of mistakes) {
    test(`a mistake is named with its key: ${message}`, () => {
        assert.deepEqual(
            linesOf(() => parse(raw)),
            [`${source}: ${message}`],
        );
    });
}

test("all mistakes are reported at once", () => {
    assert.equal(linesOf(() => parse({ workers: 0, policy: "x", dev: 3 }, "bad name")).length, 4);
});

test("names of stacks are checked", () => {
    assert.equal(parse({}, "My_run.2-b").name, "My_run.2-b");
    for (const name of ["", "-x", "a b", "a/b", "x".repeat(101)]) {
        assert.equal(linesOf(() => parse({}, name)).length, 1, name);
    }
});
