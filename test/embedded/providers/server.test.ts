import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceProviderService as service } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { Plugin } from "./plugin.ts";

const folder = fileURLToPath(new URL("../../../embedded/providers/", import.meta.url));
const launchers = {
    aws: `${folder}aws/pulumi-resource-aws`,
    kubernetes: `${folder}kubernetes/pulumi-resource-kubernetes`,
};

for (const [name, launcher] of Object.entries(launchers)) {
    test(`the ${name} plugin starts by the name that Pulumi looks for, and ends when its standard input does`, async () => {
        const plugin = await Plugin.start([launcher]);
        const info = await plugin.send(service.getPluginInfo, new empty.Empty());
        assert.match(info.getVersion(), /^\d+\.\d+\.\d+/);
        const schema = await plugin.send(service.getSchema, new proto.GetSchemaRequest());
        assert.equal((JSON.parse(schema.getSchema()) as { name: string }).name, name);
        const handshake = await plugin.send(service.handshake, new proto.ProviderHandshakeRequest());
        assert.ok(handshake.getAcceptSecrets());
        await plugin.stop();
        assert.equal(plugin.process.exitCode, 0);
    });

    test(`the ${name} plugin ends when Pulumi asks it to, by SIGINT`, async () => {
        const plugin = await Plugin.start([launcher]);
        await plugin.send(service.getPluginInfo, new empty.Empty());
        const ended = once(plugin.process, "exit");
        plugin.process.kill("SIGINT");
        assert.deepEqual(await ended, [0, null]);
    });
}

test("a plugin whose parent dies without closing anything ends too", async () => {
    const parent = `
        const { spawn } = require("node:child_process");
        const child = spawn(${JSON.stringify(launchers.aws)}, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
        child.stdout.once("data", () => { console.log(child.pid); });
    `;
    const child = spawn(process.execPath, ["-e", parent], { stdio: ["ignore", "pipe", "inherit"] });
    const [pid] = (await once(createInterface(child.stdout), "line")) as [string];
    child.kill("SIGKILL");
    while (isRunning(Number(pid))) await new Promise((resolve) => setTimeout(resolve, 50));
});

test("what the engine does not know to exist is refused by name", async () => {
    const plugin = await Plugin.start([launchers.aws]);
    after(() => plugin.stop());
    await assert.rejects(
        plugin.check("aws:ec2/instance:Instance", {}),
        /the embedded aws provider has no aws:ec2\/instance:Instance/,
    );
    await assert.rejects(plugin.invoke("aws:index/getRegion:getRegion", {}), /has no aws:index\/getRegion:getRegion/);
});

test("a warning reaches the engine whose address the plugin got", async () => {
    const server = new grpc.Server();
    const logged = new Promise<LogRequest>((resolve) => {
        const log: grpc.handleUnaryCall<LogRequest, unknown> = (call, callback) => {
            callback(null, new empty.Empty());
            resolve(call.request);
        };
        server.addService(EngineService, { log });
    });
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
            if (error === null) resolve(bound);
            else reject(error);
        });
    });
    const plugin = await Plugin.start([launchers.kubernetes]);
    after(async () => {
        await plugin.stop();
        server.forceShutdown();
    });
    const address = `127.0.0.1:${port}`;
    await plugin.send(service.handshake, new proto.ProviderHandshakeRequest().setEngineAddress(address));
    await plugin.configure({ kubeconfig: unreachableCluster, namespace: "physics" });
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { a: "1" } };
    const { state } = await plugin.create("kubernetes:core/v1:ConfigMap", object, true);
    assert.deepEqual(state, object);
    const request = await logged;
    assert.match(
        request.getMessage(),
        /cannot reach the Kubernetes API server https:\/\/127\.0\.0\.1:9.*goes by the program/,
    );
    assert.match(request.getUrn(), /ConfigMap::thing$/);
});

const unreachableCluster = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:9" } }],
    users: [{ name: "nobody", user: { token: "none" } }],
    contexts: [{ name: "none", context: { cluster: "none", user: "nobody" } }],
    "current-context": "none",
});

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}
