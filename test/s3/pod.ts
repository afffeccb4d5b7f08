// What the scripts of the training pod make of an S3 server.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TestContext } from "node:test";
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { finalExitCodes } from "../../components/podLayout.ts";
import { partialFile } from "../../pipeline/transfer/partial.ts";
import { type PodData, podWithData } from "../components/pod/podData.ts";
import { podEnvironment, runScript } from "../components/pod/scripts.ts";
import { MiB } from "./outcome.ts";
import type { RunningServer } from "./server.ts";

const uploadFiles = path.resolve(import.meta.dirname, "../components/pod/upload_files.py");

function environmentOf(
    { connection, authority }: RunningServer,
    pod: PodData,
    extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
    const trust = authority === undefined ? {} : { AWS_CA_BUNDLE: authority };
    return podEnvironment(connection, pod, { ...trust, AFRAME_MANIFESTS: pod.manifests, ...extra });
}

export async function fetchIntoPod(t: TestContext, server: RunningServer): Promise<void> {
    const sizes = { "background/a b+c%2F.hdf5": 3 * MiB, "wäve/ünï’code.txt": 10, "empty.txt": 0 };
    const pod = await podWithData(t, server.client, sizes);
    const [big] = pod.manifest.artefacts;
    assert.ok(big);
    const there = partialFile(`${pod.folder}/data/${big.name}`, big.sha256);
    await mkdir(path.dirname(there));
    await writeFile(there, (await readFile(`${pod.source}/${big.name}`)).subarray(0, MiB));
    const { code, output } = await runScript("fetch_data.py", [], environmentOf(server, pod));
    assert.equal(code, 0, output);
    assert.equal(output, "all 3 files are complete, 2.1 MB were downloaded\n");
    for (const { name } of pod.manifest.artefacts) {
        assert.deepEqual(await readFile(`${pod.folder}/data/${name}`), await readFile(`${pod.source}/${name}`), name);
    }
    const log = { Bucket: "data", Key: `${pod.name}/run/logs/pod-1/fetch-data.log` };
    assert.equal(await (await server.client.send(new GetObjectCommand(log))).Body?.transformToString(), output);
}

export async function refusePod(t: TestContext, server: RunningServer): Promise<void> {
    const pod = await podWithData(t, server.client, { "a.hdf5": 10 });
    const nowhere = { AFRAME_DATA_URI: "s3://no-such-bucket/data" };
    const bucketless = await runScript("fetch_data.py", [], environmentOf(server, pod, nowhere));
    assert.equal(bucketless.code, finalExitCodes.dataRefused, bucketless.output);
    await server.client.send(new DeleteObjectCommand({ Bucket: "data", Key: `${pod.name}/data/a.hdf5` }));
    const gone = await runScript("fetch_data.py", [], environmentOf(server, pod));
    assert.equal(gone.code, finalExitCodes.dataDamaged, gone.output);
    assert.match(gone.output, /a\.hdf5: NoSuchKey: not there \(HTTP 404\)/);
}

export async function uploadFromPod(t: TestContext, server: RunningServer): Promise<void> {
    const pod = await podWithData(t, server.client, { "model.pt": 11 * MiB + 7, "best.ckpt": 6 * MiB, "a b+.csv": 10 });
    const limits = { MOMENT: String(MiB), MULTIPART: String(8 * MiB), PART: String(5 * MiB) };
    const names = pod.manifest.artefacts.map(({ name }) => name);
    const files = { ...limits, SOURCE: pod.source, NAMES: names.join("|") };
    const { code, output } = await runScript(uploadFiles, [], environmentOf(server, pod, files));
    assert.equal(code, 0, output);
    for (const { name, sha256 } of pod.manifest.artefacts) {
        const address = { Bucket: "data", Key: `${pod.name}/run/${name}` };
        assert.equal((await server.client.send(new HeadObjectCommand(address))).Metadata?.sha256, sha256);
        const { Body } = await server.client.send(new GetObjectCommand(address));
        assert.deepEqual(
            Buffer.from((await Body?.transformToByteArray()) ?? []),
            await readFile(`${pod.source}/${name}`),
        );
    }
}
