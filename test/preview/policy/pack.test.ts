// The policy pack in the host that Pulumi's command line starts it in, asked as that asks.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient, AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { planTraining } from "../../../components/trainingPlan.ts";
import { plainTemplate } from "../../../preview/policy/plainTemplate.ts";
import { experimentSettings, remoteRecipe, temporaryDirectory } from "../../components/fixture.ts";

const pack = fileURLToPath(new URL("../../../preview/policy/pack", import.meta.url));
const host = fileURLToPath(import.meta.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js"));
/** Stands for a value that is not known in a preview. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const job = "kubernetes:batch/v1:Job";
const claim = "kubernetes:core/v1:PersistentVolumeClaim";
const labels = { "app.kubernetes.io/name": "aframe" };

let running: ChildProcess;
let client: AnalyzerClient;

before(async () => {
    running = spawn(process.execPath, [host, "127.0.0.1:1", "."], { cwd: pack, stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(createInterface(running.stdout ?? assert.fail()), "line")) as [string];
    client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
});

after(async () => {
    client.close();
    const ended = once(running, "exit");
    running.kill();
    await ended;
});

beforeEach(() => configure("nautilus"));

function ask<Request, Response>(method: grpc.MethodDefinition<Request, Response>, request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
        const { path: name, requestSerialize, responseDeserialize } = method;
        client.makeUnaryRequest(name, requestSerialize, responseDeserialize, request, (error, response) => {
            if (error !== null || response === undefined) reject(error ?? new Error("no answer"));
            else resolve(response);
        });
    });
}

async function configure(profile: string): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const policy of ["training-pods", "storage-claims"]) {
        const config = new proto.PolicyConfig().setProperties(struct.Struct.fromJavaScript({ profile }));
        request.getPolicyconfigMap().set(policy, config);
    }
    await ask(AnalyzerService.configure, request);
}

/** `policy: message` of each violation. */
async function analyze(type: string, properties: object): Promise<string[]> {
    const request = new proto.AnalyzeRequest()
        .setType(type)
        .setName("test")
        .setUrn(`urn:pulumi:test::aframe::${type}::test`)
        .setOptions(new proto.AnalyzerResourceOptions())
        .setProperties(struct.Struct.fromJavaScript(properties as Record<string, JavaScriptValue>));
    const response = await ask(AnalyzerService.analyze, request);
    return response.getDiagnosticsList().map((one) => `${one.getPolicyname()}: ${one.getMessage()}`);
}

/** As the program declares it, with a patch. */
function declaredJob(patch: Readonly<Record<string, unknown>> = {}, gibibytes = 10): object {
    const plan = planTraining(experimentSettings(remoteRecipe), []) ?? assert.fail();
    return { metadata: { name: "test", labels }, spec: { template: plainTemplate(plan, gibibytes * 2 ** 30, patch) } };
}

const idling = { spec: { containers: [{ name: "train", command: ["sleep", "infinity"] }] } };
const idlingMessage =
    "container train ends in sleep, and a Job must not idle " +
    "(Nautilus: https://nrp.ai/documentation/userdocs/start/policies)";

describe("the policy pack", () => {
    it("is content with the Job of an experiment", async () => {
        assert.deepEqual(await analyze(job, declaredJob()), []);
    });

    it("reports what breaks a rule of Nautilus", async () => {
        const [line = "", ...others] = await analyze(job, declaredJob(idling));
        assert.deepEqual(others, []);
        assert.ok(line.includes(idlingMessage), line);
        assert.match(line, /^training-pods: /);
    });

    it("reports a claim of a storage class that does not work", async () => {
        const spec = { storageClassName: "ceph-rbd" };
        const [line = "", ...others] = await analyze(claim, { metadata: { labels }, spec });
        assert.deepEqual(others, []);
        assert.match(line, /storage-claims: .*ceph-rbd is there but has never made a volume/s);
        assert.deepEqual(await analyze(claim, { metadata: { labels }, spec: { storageClassName: "rook-cephfs" } }), []);
    });

    it("has nothing to say of what is not of this program", async () => {
        const other = { ...declaredJob(idling), metadata: { labels: { "app.kubernetes.io/name": "other" } } };
        assert.deepEqual(await analyze(job, other), []);
        assert.deepEqual(await analyze(job, { spec: { template: {} } }), []);
        assert.deepEqual(await analyze(claim, { spec: { storageClassName: "ceph-rbd" } }), []);
        assert.deepEqual(await analyze("kubernetes:core/v1:ConfigMap", { metadata: { labels } }), []);
    });

    it("judges by another profile when it is configured with one", async () => {
        const profile = path.join(temporaryDirectory(), "mine.yaml");
        writeFileSync(profile, "rules:\n  node-name: { source: me }\n");
        await configure(profile);
        assert.deepEqual(await analyze(job, declaredJob(idling)), []);
        await configure("nautilos");
        await assert.rejects(
            analyze(job, declaredJob()),
            /profile: there is no profile "nautilos" \(did you mean nautilus\?\)/,
        );
    });

    it("says in a preview that it cannot judge what is not known yet", async () => {
        const limits = { "ephemeral-storage": unknown };
        const later = { spec: { containers: [{ name: "train", resources: { limits } }] } };
        const [line = "", ...others] = await analyze(job, declaredJob(later));
        assert.deepEqual(others, []);
        assert.match(line, /can't run policy 'training-pods' .*during preview.*ephemeral-storage/s);
    });
});
