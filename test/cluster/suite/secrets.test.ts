// Where an experiment's secrets are, and where they are not; and what its pod may do.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { bucket, canaries, objectsIn } from "./experiment.ts";
import { ProcessWatch } from "./processWatch.ts";
import { Trainings } from "./trainings.ts";

const trainings = await Trainings.prepare("secrets");
const { namespace, s3, git } = trainings;
const key = readFileSync(git.keys.ed25519, "utf8");

/** The key as a whole, and a line of it that holds secret bytes. */
const secrets: Readonly<Record<string, readonly string[]>> = {
    "S3 key": [canaries.s3],
    "W&B key": [canaries.wandb],
    "SSH key": [key.trim(), key.split("\n")[3] ?? ""],
};

/** Base64 of a text inside another one, which begins at any of three places in a group. */
function inBase64(text: string): string[] {
    return [0, 1, 2].map((offset) => {
        const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString("base64");
        return encoded.slice(offset === 0 ? 0 : 4, encoded.length - 4);
    });
}

function formsOf(text: string): string[] {
    const plain = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), ...inBase64(text)];
    return [...plain, Buffer.from(text).toString("hex")];
}

/** Names of the secrets that a text holds in any form. */
function secretsIn(text: string): string[] {
    const lower = text.toLowerCase();
    return Object.entries(secrets)
        .filter(([, values]) => values.flatMap(formsOf).some((form) => lower.includes(form.toLowerCase())))
        .map(([name]) => name);
}

/** Not those that only are linked into the folder, as the packages are, where the tests keep what Node compiled. */
function filesBelow(folder: string): string[] {
    return execFileSync("find", [folder, "-type", "f"], { encoding: "utf8" }).split("\n").slice(0, -1);
}

async function everyObject(): Promise<[string, string][]> {
    const keys = await objectsIn(s3.client);
    return await Promise.all(
        keys.map(async (Key): Promise<[string, string]> => {
            const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
            return [Key, (await Body?.transformToString("latin1")) ?? ""];
        }),
    );
}

function containersOf(pod: V1Pod): V1Container[] {
    return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
}

describe("an experiment's secrets", { timeout: 240_000 }, async () => {
    const token = "/var/run/secrets/kubernetes.io";
    const script = [`print("a token is there:", os.path.exists("${token}"), flush=True)`];
    const experiment = await trainings.make("discreet", script);
    experiment.set("luigi_Train", "use_wandb", "true");
    const watch = new ProcessWatch((line) => line.includes("/git-sync") && line.includes("--repo="));
    const printed: string[] = [];
    let pod: V1Pod;

    it("are nowhere but in the cluster's Secrets after an experiment", async () => {
        for (const verb of ["up", "status", "logs"]) {
            const { code, stdout, stderr } = await experiment.run(verb);
            assert.equal(code, 0, `${verb}: ${stdout}${stderr}`);
            printed.push(stdout, stderr);
        }
        watch.stop();
        [pod] = (await namespace.pods("discreet")) as [V1Pod];
        const places: [string, string][] = [
            ["what aframe printed", printed.join("")],
            ["arguments of processes", [...watch.commands].join("\n")],
            ["Jobs, pods, ConfigMaps and events", JSON.stringify(await namespace.list("jobs,pods,configmaps,events"))],
            ...filesBelow(experiment.checkout.root).map((file): [string, string] => [
                file,
                readFileSync(file, "latin1"),
            ]),
            ...(await everyObject()),
        ];
        const found = places.filter(([, text]) => secretsIn(text).length > 0).map(([place]) => place);
        assert.deepEqual(found, []);
        const names = places.map(([place]) => place);
        for (const wanted of [
            /\.pulumi\/stacks\/.*\.json$/,
            /\.pulumi\/history\//,
            /Pulumi\.discreet\.yaml$/,
            /\/logs\//,
        ]) {
            assert.ok(
                names.some((name) => wanted.test(name)),
                `${String(wanted)} is not among ${names.join(" ")}`,
            );
        }
        assert.ok([...watch.commands].some((line) => line.includes("aframe.ts")));
    });

    it("are all in the Secrets, where the same search finds them", async () => {
        const found = secretsIn(JSON.stringify(await namespace.list("secrets")));
        assert.deepEqual(found.sort(), Object.keys(secrets).sort());
    });

    it("reach the pod by reference, and the SSH key only the container that fetches the code", () => {
        const own = pod.spec?.volumes?.filter(({ secret }) => secret !== undefined).map(({ name }) => name) ?? [];
        assert.equal(own.length, 1);
        const holders = containersOf(pod).filter(({ volumeMounts }) => volumeMounts?.some((m) => own.includes(m.name)));
        assert.deepEqual(
            holders.map(({ name }) => name),
            ["git-sync"],
        );
        assert.equal(holders[0]?.volumeMounts?.find(({ name }) => own.includes(name))?.readOnly, true);
    });

    it("include no token for the cluster in any container", () => {
        assert.equal(pod.spec?.automountServiceAccountToken, false);
        const mounts = containersOf(pod).flatMap(({ volumeMounts }) => volumeMounts?.map((m) => m.mountPath) ?? []);
        assert.deepEqual(
            mounts.filter((place) => place.startsWith("/var/run/secrets")),
            [],
        );
        assert.match(printed.join(""), /a token is there: False/);
    });

    it("are out of reach for what a container could do with more rights than it needs", (t) => {
        for (const { name, securityContext } of containersOf(pod)) {
            assert.deepEqual(securityContext?.capabilities, { drop: ["ALL"] }, name);
            assert.equal(securityContext.allowPrivilegeEscalation, false, name);
        }
        const sync = pod.spec?.initContainers?.find(({ name }) => name === "git-sync")?.securityContext;
        assert.deepEqual([sync?.runAsUser, sync?.runAsNonRoot], [65533, true]);
        if (watch.status === undefined) t.diagnostic("git-sync ended before it was looked at");
        else {
            assert.match(watch.status, /^Uid:\s+65533\s+65533/m);
            assert.match(watch.status, /^CapEff:\s+0+$/m);
        }
    });
});
