// Purges of thousands of objects, and what a server may say to them.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import pLimit from "p-limit";
import { createClient } from "../../../pipeline/transfer/client.ts";
import { type PrefixContentsState, purge } from "../../../pipeline/transfer/prefixContents.ts";
import { countObjects, purgePrefix } from "../../../pipeline/transfer/purge.ts";
import { keys, prefix, put, startFullS3, startProxy } from "../fixtures/s3.ts";
import { startFaultProxy } from "./faults/proxy.ts";

const { client, connection } = await startFullS3(10_000);
const patience = { minDelayMs: 1 };

async function own(name: string): Promise<void> {
    await put(client, `${name}/.aframe-owner.json`, JSON.stringify({ project: "aframe", stack: "run1" }));
}

async function fill(name: string, count: number): Promise<void> {
    await own(name);
    await pLimit(8).map([...Array(count).keys()], (index) => put(client, `${name}/data/${index}/${index}.hdf5`, "x"));
}

async function left(name: string): Promise<string[]> {
    return (await keys(client, `${name}/`)).map((key) => key.slice(name.length + 1));
}

async function proxied(plan: Awaited<ReturnType<typeof startProxy>>["plan"]) {
    const proxy = await startProxy(connection.endpoint ?? "");
    proxy.plan = plan;
    const through = createClient({ ...connection, endpoint: proxy.endpoint });
    after(() => {
        through.destroy();
    });
    return { proxy, through };
}

const isBatch = (method: string, url: string) => method === "POST" && /[?&]delete(=|&|$)/.test(url);

test("10,000 objects go in few requests, from where it was stopped, and none of a neighbour", async (t) => {
    await own("full");
    await put(client, "full0/model.pt", "m");
    await put(client, "full", "an object with the prefix's very name");
    assert.deepEqual(await countObjects(client, prefix("full")), { objects: 10_000, bytes: 10_000, more: false });
    assert.deepEqual(await countObjects(client, prefix("full"), {}, { most: 2000 }), {
        objects: 2000,
        bytes: 2000,
        more: true,
    });
    assert.equal((await countObjects(client, prefix("full"), {}, { forMs: 0 })).more, true);
    let batches = 0;
    const { proxy, through } = await proxied((method, url) => {
        batches += isBatch(method, url) ? 1 : 0;
        const body = "<Error><Code>AccessDenied</Code></Error>";
        return batches === 5 ? { type: "answer", status: 403, body } : undefined;
    });
    await assert.rejects(purgePrefix(through, prefix("full"), "run1"), /: AccessDenied: the server refused/);
    const rest = await countObjects(client, prefix("full"));
    assert.ok(rest.objects >= 1000 && rest.objects < 10_000, `${rest.objects}`);

    proxy.plan = () => undefined;
    proxy.requests.length = 0;
    const lines: string[] = [];
    t.mock.method(console, "log", (line: string) => lines.push(line));
    const s3 = { ...connection, endpoint: proxy.endpoint };
    const state: PrefixContentsState = { location: prefix("full"), owner: "run1", artifacts: "delete", s3 };
    await purge(state, 1);
    // Marker, unfinished uploads, and two for each page.
    assert.ok(proxy.requests.length <= 2 + 2 * 11, `${proxy.requests.length} requests`);
    assert.deepEqual(await keys(client, "full"), ["full", "full/.aframe-owner.json", "full0/model.pt"]);
    assert.match(lines[0] ?? "", /^deleting what is under s3:\/\/data\/full: \d+ objects so far, \d+\/s$/);
    assert.equal(lines.at(-1), `deleted ${rest.objects} objects of s3://data/full`);
});

test("a batch carries the MD5 of its body, and no checksum that only some servers know", async () => {
    await fill("md5", 3);
    const seen: Record<string, unknown>[] = [];
    const proxy = await startFaultProxy(connection.endpoint ?? "");
    const through = createClient({ ...connection, endpoint: proxy.endpoint });
    through.middlewareStack.add(
        (next) => (args) => {
            seen.push((args.request as { headers: Record<string, unknown> }).headers);
            return next(args);
        },
        { step: "finalizeRequest", name: "look", priority: "low" },
    );
    // The proxy refuses a body that has another MD5 than its header says.
    assert.equal((await purgePrefix(through, prefix("md5"), "run1")).objects, 3);
    through.destroy();
    const batch = seen.find((headers) => headers["content-md5"] !== undefined) ?? {};
    assert.match(String(batch["content-md5"]), /^[A-Za-z0-9+/]{22}==$/);
    assert.match(String(batch.authorization), /SignedHeaders=[^,]*;content-md5;/);
    assert.deepEqual(
        Object.keys(batch).filter((name) => /checksum/.test(name)),
        [],
    );
});

test("objects are deleted one by one on a server that knows no batch", async () => {
    await fill("no-batch", 5);
    const body = "<Error><Code>NotImplemented</Code><Message>A header implies what is not here.</Message></Error>";
    const { through } = await proxied((method, url) =>
        isBatch(method, url) ? { type: "answer", status: 400, body } : undefined,
    );
    assert.deepEqual(await purgePrefix(through, prefix("no-batch"), "run1"), { objects: 5, uploads: 0 });
    assert.deepEqual(await left("no-batch"), [".aframe-owner.json"]);
});

function refusal(code: string, keys: readonly string[]): string {
    const errors = keys.map((key) => `<Error><Key>${key}</Key><Code>${code}</Code><Message>Locked.</Message></Error>`);
    return `<?xml version="1.0"?><DeleteResult>${errors.join("")}</DeleteResult>`;
}

test("what is refused is counted, its first keys are named, and all else is deleted", async () => {
    await fill("locked", 20);
    const locked = ["0", "1", "2", "3", "4"].map((name) => `locked/data/${name}/${name}.hdf5`);
    let batches = 0;
    const { through } = await proxied((method, url) => {
        batches += isBatch(method, url) ? 1 : 0;
        return isBatch(method, url) && batches === 1
            ? { type: "answer", status: 200, body: refusal("AccessDenied", locked) }
            : undefined;
    });
    await assert.rejects(purgePrefix(through, prefix("locked"), "run1"), (error: Error) => {
        assert.match(error.message, /^5 objects of s3:\/\/data\/locked could not be deleted, 15 were: /);
        assert.match(
            error.message,
            /s3:\/\/data\/locked\/data\/0\/0\.hdf5 \(AccessDenied: Locked\.\), .*, and 2 more$/,
        );
        return true;
    });
});

test("a key that the server was too busy for gets a request of its own", async () => {
    await fill("busy", 3);
    const { through, proxy } = await proxied((method, url) =>
        isBatch(method, url)
            ? {
                  type: "answer",
                  status: 200,
                  body: refusal(
                      "SlowDown",
                      [0, 1, 2].map((name) => `busy/data/${name}/${name}.hdf5`),
                  ),
              }
            : undefined,
    );
    assert.equal((await purgePrefix(through, prefix("busy"), "run1", patience)).objects, 3);
    assert.equal(proxy.requests.filter((line) => line.startsWith("DELETE")).length, 3);
    assert.deepEqual(await left("busy"), [".aframe-owner.json"]);
});
