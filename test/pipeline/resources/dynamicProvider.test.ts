// The stubs as the engine meets them: text in the state, evaluated by the SDK's own provider process.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { PrefixContents } from "../../../pipeline/resources/prefixContents.ts";
import { ResolvedConfig } from "../../../pipeline/resources/resolvedConfig.ts";
import { Stage } from "../../../pipeline/resources/stage.ts";
import { both, Experiment } from "../fixtures/experiment.ts";

const require = createRequire(import.meta.url);
const services = require("@pulumi/pulumi/proto/provider_grpc_pb.js") as {
    ResourceProviderClient: new (address: string, credentials: grpc.ChannelCredentials) => grpc.Client;
};
const messages = require("@pulumi/pulumi/proto/provider_pb.js") as Record<string, new () => Message>;
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js") as {
    Struct: { fromJavaScript: (value: unknown) => unknown };
};
type Message = Record<string, (value?: unknown) => unknown>;
type Values = Record<string, unknown>;

const registered = new Map<string, pulumi.runtime.MockResourceArgs>();
await pulumi.runtime.setMocks({
    call: (args) => args.inputs as Values,
    newResource: (args) => {
        registered.set(args.type, args);
        return { id: args.name, state: args.inputs as Values };
    },
});
const location = { kind: "s3", bucket: "b", prefix: "p", uri: "s3://b/p" } as const;
const secret = pulumi.secret({ endpoint: "https://s3", region: "us-east-1", secretAccessKey: "canary" });
const resources = [
    new Stage("fetch", {
        ...{ stage: "Fetch", experiment: "run1", directory: "/d", root: "/d", artifacts: "retain", workers: 1 },
        ...{ command: ["law", "run", "a.F"], environment: {}, settings: {}, sources: [], produces: ["*"] },
        inputs: { Other: pulumi.output("digest") },
        secretEnvironment: pulumi.secret({ AWS_SECRET_ACCESS_KEY: "canary" }),
        s3: secret,
        adoptExisting: false,
    }),
    new ResolvedConfig("cfg", { path: "/d/x", text: "" }),
    new PrefixContents("contents", { location, owner: "run1", artifacts: "retain", s3: secret }),
];
await Promise.all(resources.map(({ urn }) => new Promise((resolve) => urn.apply(resolve))));

const host = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/dynamic-provider"), "127.0.0.1:1"], {
    cwd: fileURLToPath(import.meta.resolve("../../../")),
    stdio: ["ignore", "pipe", "inherit"],
});
after(() => host.kill("SIGKILL"));
const port = await new Promise<string>((resolve) => createInterface(host.stdout).once("line", resolve));
const client = new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
after(() => {
    client.close();
});

function providerOf(type: string): string {
    const inputs = registered.get(`pulumi-nodejs:dynamic/aframe:${type}`)?.inputs as Values;
    return inputs.__provider as string;
}

/** Calls a method of the provider process; objects travel as they do from the engine. */
async function call(type: string, method: string, request: string, fields: Values): Promise<Message> {
    const message = new (messages[request] as new () => Message)();
    for (const [name, value] of Object.entries(fields)) {
        const struct =
            typeof value === "object" ? Struct.fromJavaScript({ ...value, __provider: providerOf(type) }) : value;
        message[`set${name}`]?.(struct);
    }
    const methods = client as unknown as Record<
        string,
        (m: Message, done: (e: Error | null, r: Message) => void) => void
    >;
    return promisify((methods[method] as (typeof methods)[string]).bind(client))(message);
}

function values(message: Message, field: string): Values {
    const struct = message[`get${field}`]?.() as { toJavaScript: () => Values };
    const { __provider: _, ...rest } = struct.toJavaScript();
    return rest;
}

test("the text in the state is small, captures nothing of ours and is no secret", () => {
    for (const type of ["Stage", "ResolvedConfig", "PrefixContents"]) {
        const text = providerOf(type);
        assert.ok(text.length > 500 && text.length < 10_000, `${type}: ${text.length}`);
        assert.deepEqual([...text.matchAll(/\brequire\(/g)], []);
        assert.match(text, /path\.resolve\("pipeline\//);
    }
});

test("the connection and the task's secrets are marked as secrets, and nothing else holds them", () => {
    for (const [type, { inputs }] of registered) {
        const { s3, secretEnvironment, ...rest } = inputs as Values;
        for (const value of [s3, secretEnvironment].filter((one) => one !== undefined)) {
            assert.ok(pulumi.runtime.isRpcSecret(value), type);
        }
        assert.ok(!JSON.stringify(rest).includes("canary"), type);
    }
});

test("a stage lives its whole life in the SDK's provider process", async (t) => {
    const experiment = await Experiment.make(t);
    const inputs = { ...experiment.stage(both), artifacts: "delete" };
    const checked = await call("Stage", "check", "CheckRequest", { Olds: {}, News: inputs });
    assert.deepEqual(values(checked, "Inputs"), inputs);
    const created = await call("Stage", "create", "CreateRequest", { Properties: inputs });
    const outs = values(created, "Properties");
    assert.equal(outs.files, 2);

    const id = created.getId?.() as string;
    const same = await call("Stage", "diff", "DiffRequest", { Id: id, Olds: outs, News: inputs });
    assert.equal(same.getChanges?.(), 1);
    const edited = { ...inputs, settings: { "luigi_Fetch.start": "2" } };
    const differs = await call("Stage", "diff", "DiffRequest", { Id: id, Olds: outs, News: edited });
    assert.equal(differs.getChanges?.(), 2);
    const updated = await call("Stage", "update", "UpdateRequest", { Id: id, Olds: outs, News: edited });
    const later = values(updated, "Properties");
    assert.notEqual(later.settingsDigest, outs.settingsDigest);
    assert.equal(later.manifestDigest, outs.manifestDigest);

    const seen = await call("Stage", "read", "ReadRequest", { Id: id, Properties: later });
    assert.deepEqual(values(seen, "Properties"), later);
    await call("Stage", "delete", "DeleteRequest", { Id: id, Properties: later });
    await assert.rejects(experiment.read("data/train/segments.txt"), /ENOENT/);
});

test("the resolved cfg is written for its owner alone, repaired after a refresh, and deleted", async (t) => {
    const experiment = await Experiment.make(t);
    const path = experiment.file(".aframe/resolved.cfg");
    const created = await call("ResolvedConfig", "create", "CreateRequest", { Properties: { path, text: "[a]\n" } });
    const outs = values(created, "Properties");
    const id = created.getId?.() as string;
    assert.equal(await experiment.read(".aframe/resolved.cfg"), "[a]\n");
    const { stat, writeFile } = await import("node:fs/promises");
    assert.equal((await stat(path)).mode & 0o777, 0o600);

    await writeFile(path, "edited");
    const seen = values(
        await call("ResolvedConfig", "read", "ReadRequest", { Id: id, Properties: outs }),
        "Properties",
    );
    const change = { Id: id, Olds: seen, News: outs };
    assert.equal((await call("ResolvedConfig", "diff", "DiffRequest", change)).getChanges?.(), 2);
    await call("ResolvedConfig", "update", "UpdateRequest", change);
    assert.equal(await experiment.read(".aframe/resolved.cfg"), "[a]\n");
    await call("ResolvedConfig", "delete", "DeleteRequest", { Id: id, Properties: outs });
    await assert.rejects(stat(path), /ENOENT/);
});

test("a failing task is an error of the update with its last lines", async (t) => {
    const experiment = await Experiment.make(t);
    const inputs = experiment.stage(["say:no data for H1", "fail:40"]);
    await assert.rejects(
        call("Stage", "create", "CreateRequest", { Properties: inputs }),
        /Fetch failed with exit code 40 .*logs\/Fetch\.log\n\s+no data for H1/,
    );
});
