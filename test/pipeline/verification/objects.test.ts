// Objects on a real S3 server against what their manifests list.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { fetchManifest } from "../../../pipeline/transfer/manifestObject.ts";
import type { Subject } from "../../../pipeline/verification/copy.ts";
import { Experiment } from "../fixtures/experiment.ts";
import { prefix, put, startProxy, startS3 } from "../fixtures/s3.ts";
import { allRight, makeStages, messages, states, verify } from "./made.ts";

const { client, connection } = await startS3();

test("what stages have just made is right, on S3 and here, whether it is read or not", async (t) => {
    const made = await makeStages(t, "right", connection);
    for (const deep of [false, true]) {
        const { copies, unlisted } = await verify(made, { deep });
        assert.deepEqual(states(copies), allRight);
        assert.deepEqual(unlisted, []);
        assert.deepEqual([copies[0]?.files, copies[0]?.bytes], [2, 13]);
    }
});

test("reading everything plans as many bytes as it reads, over broken connections too", async (t) => {
    const made = await makeStages(t, "counted", connection);
    const proxy = await startProxy(connection.endpoint ?? "");
    let cuts = 0;
    proxy.plan = (method, url) =>
        method === "GET" && url.includes("a.hdf5") && cuts++ < 2 ? { type: "cut", bytes: 3 } : undefined;
    const read = { planned: 0, bytes: 0 };
    const { copies } = await verify(made, {
        deep: true,
        s3: { ...connection, endpoint: proxy.endpoint },
        onPlan: (bytes) => {
            read.planned += bytes;
        },
        transfer: {
            minDelayMs: 1,
            onBytes: (bytes) => {
                read.bytes += bytes;
            },
        },
    });
    assert.deepEqual(states(copies), allRight);
    assert.deepEqual(read, { planned: 28, bytes: 28 });
    assert.equal(cuts, 3);
});

test("an object that lost its bytes but kept size and metadata is found by reading it, and only then", async (t) => {
    const made = await makeStages(t, "flipped", connection);
    const [entry] = (await fetchManifest(client, prefix("flipped"), "Fetch"))?.artefacts ?? [];
    assert.ok(entry?.name === "background/a.hdf5");
    await put(client, "flipped/background/a.hdf5", "strain b", { sha256: entry.sha256 });
    assert.deepEqual(states((await verify(made)).copies), allRight);
    const [fetch, ...others] = (await verify(made, { deep: true })).copies;
    assert.ok(fetch?.findings[0]);
    assert.match(fetch.findings[0].message, /^background\/a\.hdf5 has other contents: SHA-256 \w{64}, not \w{64}$/);
    assert.deepEqual([fetch.state, fetch.findings[0].kind, fetch.findings[0].deep], ["damaged", "changed", true]);
    assert.deepEqual(states(others), allRight.slice(1));
});

test("objects that are gone, cut short or sent by somebody else are named", async (t) => {
    const made = await makeStages(t, "broken", connection);
    await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "broken/background/a.hdf5" }));
    await put(client, "broken/segments.txt", "0 1");
    await put(client, "broken/val.hdf5", "w");
    const { copies } = await verify(made);
    assert.deepEqual(copies.map(messages), [
        ["background/a.hdf5 is missing", "segments.txt has 3 bytes, not 5"],
        [],
        ["val.hdf5 was not sent with the SHA-256 4c94485e0c21ae6c41ce1dfe7b6bfaceea5ab68e40a2476f50208e526f506080"],
        [],
    ]);
    assert.deepEqual(
        copies[0]?.findings.map(({ kind }) => kind),
        ["missing", "changed"],
    );
});

test("without its manifest, what the record lists is still looked for", async (t) => {
    const made = await makeStages(t, "lost", connection);
    await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "lost/.aframe/Fetch.manifest.json" }));
    await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "lost/segments.txt" }));
    const [fetch] = (await verify(made)).copies;
    assert.deepEqual([fetch?.state, fetch?.files], ["damaged", 2]);
    assert.deepEqual(fetch && messages(fetch), ["its manifest is missing", "segments.txt is missing"]);
    await put(client, "lost/.aframe/Fetch.manifest.json", "{");
    const [unreadable] = (await verify(made)).copies;
    assert.match(
        unreadable?.findings[0]?.message ?? "",
        /^s3:\/\/data\/lost\/\.aframe\/Fetch\.manifest\.json is not a/,
    );
});

test("objects of nobody are told, but for what belongs beside the artefacts", async (t) => {
    const made = await makeStages(t, "extra", connection);
    const kept = ["run.json", "logs/p/train.log", "lightning_logs/version_0/checkpoints/last.ckpt"];
    const own = [".aframe-owner.json", ...kept];
    for (const name of [...own, "lightning_logs/version_1/metrics.csv", "notes.txt"]) {
        await put(client, `extra/${name}`, "text");
    }
    await put(client, "extra2/notes.txt", "of another prefix");
    const { copies, unlisted } = await verify(made);
    assert.deepEqual(unlisted, [{ uri: "s3://data/extra", bytes: 4, names: ["notes.txt"] }]);
    assert.deepEqual(states(copies), allRight);
});

test("an S3 server that refuses or is away makes its copies unknown, and the rest is still judged", async (t) => {
    const made = await makeStages(t, "away", connection);
    const proxy = await startProxy(connection.endpoint ?? "");
    const s3 = { ...connection, endpoint: proxy.endpoint };
    const denied = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>";
    proxy.plan = () => ({ type: "answer", status: 403, body: denied });
    const refused = await verify(made, { s3 });
    assert.deepEqual(states(refused.copies), [
        ...["Fetch s3 unknown", "Fetch mirror right", "Waveforms s3 unknown", "Waveforms mirror right"],
    ]);
    assert.match(refused.copies[0]?.findings[0]?.message ?? "", /^listing s3:\/\/data\/away: AccessDenied/);

    for (const [method, question] of [
        ["HEAD", /^looking at s3:/],
        ["GET", /^reading s3:.*\.aframe\/Fetch/],
    ] as const) {
        proxy.plan = (given) =>
            given === method && proxy.requests.length > 1 ? { type: "answer", status: 403, body: denied } : undefined;
        proxy.requests.length = 0;
        const [fetch, mirror] = (await verify(made, { s3 })).copies;
        assert.deepEqual([fetch?.state, mirror?.state], ["unknown", "right"]);
        assert.match(fetch?.findings[0]?.message ?? "", question);
    }

    proxy.plan = (method, url) =>
        method === "GET" && /\/(a\.hdf5|segments\.txt)/.test(url)
            ? { type: "answer", status: 403, body: denied }
            : undefined;
    const unread = await verify(made, { s3, deep: true, transfer: { parallel: 1 } });
    assert.equal(unread.copies[0]?.state, "unknown");
    assert.match(unread.copies[0].findings[0]?.message ?? "", /^not all could be read: reading s3:\/\/data\/away\//);
    assert.equal(unread.copies[0].findings.length, 1);
});

test("before anything is made, and before there is a bucket, nothing is wrong", async (t) => {
    const experiment = await Experiment.make(t);
    const location = { ...prefix("none"), bucket: "nowhere", uri: "s3://nowhere/none" };
    const subject: Subject = { stage: "Fetch", root: experiment.root, location, isStarted: false };
    const made = { s3: connection, experiment, subjects: [subject] };
    assert.deepEqual(states((await verify(made)).copies), ["Fetch s3 not made"]);
});
