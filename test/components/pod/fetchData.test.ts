// Downloads of a pod that are cut: the next attempt, or the next pod on the volume, fetches what is missing.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { finalExitCodes } from "../../../components/podLayout.ts";
import { partialFile } from "../../../pipeline/transfer/partial.ts";
import { put, startS3 } from "../../pipeline/fixtures/s3.ts";
import { until } from "../../pipeline/fixtures/until.ts";
import type { Fault } from "../../pipeline/transfer/faults/fault.ts";
import { startFaultProxy } from "../../pipeline/transfer/faults/proxy.ts";
import { type PodData, podWithData } from "./podData.ts";
import { outcomeOf, podEnvironment, python, runScript, scripts, startScript } from "./scripts.ts";

const MB = 1_000_000;
const { client, connection } = await startS3();
const proxy = await startFaultProxy(connection.endpoint ?? "");

/** Of a pod without a name, which keeps no log, so that all requests are for data. */
function environment(pod: PodData, extra: Readonly<Record<string, string>> = {}) {
    const quick = { AFRAME_POD_NAME: "", AFRAME_RETRY_SECONDS: "0.01", AWS_ENDPOINT_URL: proxy.endpoint };
    return podEnvironment(connection, pod, { ...quick, AFRAME_MANIFESTS: pod.manifests, ...extra });
}

const fetch = (pod: PodData, extra: Readonly<Record<string, string>> = {}) =>
    runScript("fetch_data.py", [], environment(pod, extra));

/** Requests for objects come after those for the manifests of training and data. */
function follow(...plan: readonly Fault[]): void {
    proxy.follow([undefined, undefined, ...plan]);
}

function ranges(): string[] {
    return proxy.requests.slice(2).map((line) => /bytes=\d+-/.exec(line)?.[0] ?? "whole");
}

async function assertArrived({ folder, source, manifest }: PodData): Promise<void> {
    for (const { name } of manifest.artefacts) {
        assert.deepEqual(await readFile(`${folder}/data/${name}`), await readFile(`${source}/${name}`), name);
    }
    const there = (await readdir(`${folder}/data`, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
    assert.equal(there.length, manifest.artefacts.length);
}

function partialOf({ folder, manifest }: PodData): string {
    const [artefact] = manifest.artefacts;
    assert.ok(artefact);
    return partialFile(`${folder}/data/${artefact.name}`, artefact.sha256);
}

test("a pod that was killed in the middle of a file leaves what it has, and the next fetches only the rest", async (t) => {
    const pod = await podWithData(t, client, { "background/a b.hdf5": 3 * MB });
    const partial = partialOf(pod);
    follow({ type: "stall", at: 0.6 });
    const child = startScript("fetch_data.py", [], environment(pod));
    const killed = outcomeOf(child);
    const size = () =>
        stat(partial).then(
            (found) => found.size,
            () => 0,
        );
    await until("a beginning", async () => ((await size()) > 1.5 * MB ? true : undefined));
    child.kill("SIGKILL");
    await killed;
    const there = await size();

    follow();
    const { code, output } = await fetch(pod);
    assert.equal(code, 0, output);
    assert.deepEqual(ranges(), [`bytes=${there}-`]);
    assert.match(output, new RegExp(`${((3 * MB - there) / MB).toFixed(1)} MB were downloaded`));
    await assertArrived(pod);
});

test("resets, cut answers, stalls and busy servers cost only what was missing then", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": 3 * MB });
    const busy = { type: "refuse", status: 503, code: "SlowDown" } as const;
    const cuts: Fault[] = [
        { type: "resetAnswer", at: 0.3 },
        { type: "truncate", at: 0.5 },
        { type: "stall", at: 0.5 },
    ];
    follow(...cuts, ...Array<Fault>(8).fill(busy));
    const { code, output } = await fetch(pod, { AFRAME_STALL_SECONDS: "1" });
    assert.equal(code, 0, output);
    const starts = ranges().map((range) => Number(/\d+/.exec(range)?.[0] ?? 0));
    assert.equal(starts.length, 12);
    assert.ok(
        starts.slice(0, 4).every((start, index) => index === 0 || start > (starts[index - 1] ?? 0)),
        starts.join(" "),
    );
    assert.deepEqual(new Set(starts.slice(3)).size, 1);
    assert.match(output, /fetching s3:\S+ \+\/ü\/data\/a\.hdf5: SlowDown \(HTTP 503\).*; trying again in \d+ s/);
    await assertArrived(pod);
});

test("a flipped bit is noticed at the end, and the file is fetched anew", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": MB });
    follow({ type: "flipAnswer", at: 0.7 });
    const { code, output } = await fetch(pod);
    assert.equal(code, 0, output);
    assert.deepEqual(ranges(), ["whole", "whole"]);
    await assertArrived(pod);
});

test("a damaged beginning on the volume is fetched anew, one of other contents is removed", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": MB, "b.hdf5": 5 });
    await writeFile(partialOf(pod), "no bytes of a.hdf5");
    await writeFile(partialFile(`${pod.folder}/data/a.hdf5`, "0".repeat(64)), "of another a.hdf5");
    await mkdir(`${pod.folder}/data/b.hdf5/old`, { recursive: true });
    await writeFile(`${pod.folder}/data/b.hdf5/old/x.hdf5`, "of other data, where a file belongs now");
    follow();
    const { code, output } = await fetch(pod);
    assert.equal(code, 0, output);
    assert.deepEqual(ranges().sort(), ["bytes=18-", "whole", "whole"]);
    await assertArrived(pod);
});

test("a server that answers with the whole object whatever it is asked for is as good", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": MB });
    const { port, hostname } = new URL(proxy.endpoint);
    const rangeless = http.createServer(
        ({ method, url, headers: { range: _range, "if-match": _match, ...headers } }, answer) => {
            const forward = http.request({ hostname, port, method, path: url, headers }, (got) => {
                answer.writeHead(got.statusCode ?? 500, got.headers);
                got.on("error", () => answer.destroy()).pipe(answer);
            });
            forward.on("error", () => answer.destroy()).end();
        },
    );
    await new Promise<void>((resolve) => rangeless.listen(0, "127.0.0.1", resolve));
    t.after(() => {
        rangeless.closeAllConnections();
        rangeless.close();
    });
    await writeFile(partialOf(pod), (await readFile(`${pod.source}/a.hdf5`)).subarray(0, 1000));
    follow();
    const endpoint = `http://127.0.0.1:${(rangeless.address() as AddressInfo).port}`;
    const { code, output } = await fetch(pod, { AWS_ENDPOINT_URL: endpoint });
    assert.equal(code, 0, output);
    assert.deepEqual(ranges(), ["whole"]);
    await assertArrived(pod);
});

test("an object that is replaced while it is fetched is not put together from both", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": 2 * MB });
    follow({ type: "resetAnswer", at: 0.5 });
    proxy.meanwhile = () =>
        proxy.requests.length === 4 ? put(client, `${pod.name}/data/a.hdf5`, "b".repeat(2 * MB)) : undefined;
    const { code, output } = await fetch(pod);
    proxy.meanwhile = () => undefined;
    assert.equal(code, finalExitCodes.dataDamaged, output);
    assert.match(output, /error: fetching \S+ \+\/ü\/data\/a\.hdf5: a\.hdf5 differs from its manifest\n$/);
    assert.deepEqual(await readdir(`${pod.folder}/data`), []);
});

test("objects that are smaller or bigger than listed are told after a second look", async (t) => {
    for (const size of [0.5 * MB, 1.5 * MB]) {
        const pod = await podWithData(t, client, { "a.hdf5": MB });
        await put(client, `${pod.name}/data/a.hdf5`, "b".repeat(size));
        follow();
        const { code, output } = await fetch(pod);
        assert.equal(code, finalExitCodes.dataDamaged, output);
        assert.match(output, /a\.hdf5 differs from its manifest\n$/);
        assert.ok(proxy.requests.length <= 6, proxy.requests.join("\n"));
    }
});

test("what will be refused again is asked for once, and says what helps", async (t) => {
    const refusals: readonly [Fault, number, RegExp][] = [
        [
            { type: "refuse", status: 403, code: "AccessDenied" },
            finalExitCodes.dataRefused,
            /AccessDenied: the server refused the credentials, or they may not do this \(HTTP 403\)/,
        ],
        [
            { type: "refuse", status: 400, code: "ExpiredToken" },
            finalExitCodes.dataRefused,
            /ExpiredToken: the S3 credentials of this pod have expired; aframe up gives it new ones/,
        ],
        [{ type: "refuse", status: 404, code: "NoSuchKey" }, finalExitCodes.dataDamaged, /not there \(HTTP 404\)/],
    ];
    const pod = await podWithData(t, client, { "a.hdf5": 5 });
    for (const [fault, exitCode, words] of refusals) {
        follow(fault);
        const { code, output } = await fetch(pod);
        assert.equal(code, exitCode, output);
        assert.match(output, words);
        assert.equal(proxy.requests.length, 3);
    }
});

/** Runs it where the volume is a disk of this size; `prepare` is a shell command in the volume. */
function fetchOnDisk(pod: PodData, size: string, prepare: string): { code: number; output: string } {
    const data = `${pod.folder}/data`;
    const run = `mount -t tmpfs -o size=${size} tmpfs "$1" && cd "$1" && ${prepare} && "$2" "$3/fetch_data.py" 2>&1`;
    const args = ["-rm", "sh", "-c", `${run}; echo "exit $?"`, "sh", data, python, scripts];
    const direct = { AWS_ENDPOINT_URL: connection.endpoint ?? "" };
    const output = execFileSync("unshare", args, { env: environment(pod, direct), encoding: "utf8" });
    return { code: Number(/exit (\d+)\n$/.exec(output)?.[1]), output };
}

test("a volume that is too small is told before anything is fetched", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": 3 * MB });
    const { code, output } = fetchOnDisk(pod, "1m", "true");
    assert.equal(code, 1, output);
    assert.match(output, /error: \S+\/data has no room for the data: 1\.05 MB are free\. All 1 files are 3 MB/);
    assert.match(output, /aframe:volume needs a larger size; scratch space \(ephemeral-storage\)/);
});

test("a disk that fills up while the data come is told with what was needed", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": 3 * MB });
    const sparse = path.basename(partialOf(pod));
    // It counts as there, and takes no room until it turns out to be wrong.
    const { code, output } = fetchOnDisk(pod, "1m", `truncate -s 2900000 "${sparse}"`);
    assert.equal(code, 1, output);
    assert.match(
        output,
        /error: \S+aframe-part could not be written: no space is left on its volume\. All 1 files are 3 MB/,
    );
});

test("a pod that has to go stops at once", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": 2 * MB });
    follow({ type: "stall", at: 0.5 });
    const child = startScript("fetch_data.py", [], environment(pod));
    const ended = outcomeOf(child);
    await until("a beginning", () =>
        stat(partialOf(pod)).then(
            ({ size }) => size > 0 || undefined,
            () => undefined,
        ),
    );
    child.kill("SIGTERM");
    const { code, output } = await ended;
    assert.equal(code, 143);
    assert.equal(output, "stopped; the next pod on this volume goes on from here\n");
});

test("many files are told in few lines, and those that are there cost no request", async (t) => {
    const names = Array.from({ length: 400 }, (_, index) => [`background/${index % 7}/${index}.hdf5`, 100] as const);
    const pod = await podWithData(t, client, Object.fromEntries(names));
    follow();
    assert.equal((await fetch(pod)).output, "all 400 files are complete, 0.0 MB were downloaded\n");
    await truncate(`${pod.folder}/data/background/3/3.hdf5`, 99);
    follow();
    assert.equal((await fetch(pod)).code, 0);
    assert.deepEqual(ranges(), ["whole"]);
    await assertArrived(pod);
});

test("how far it is, how fast and how long still is said again and again", async (t) => {
    const pod = await podWithData(t, client, { "a.hdf5": 2 * MB });
    follow({ type: "stall", at: 0.5 });
    const often = `import runpy, sys; sys.path.insert(0, "${scripts}"); import progress; progress.EVERY_SECONDS = 0.2;`;
    const { output } = await outcomeOf(
        spawn(python, ["-c", `${often} runpy.run_path("${scripts}/fetch_data.py", run_name="__main__")`], {
            env: environment(pod, { AFRAME_STALL_SECONDS: "1.5" }),
        }),
    );
    assert.match(output, /(fetched 786 kB of 2 MB \(39 %\), \d\S* [kM]B\/s, \d+ s left\n){2}/);
    await assertArrived(pod);
});
