// One transfer of ours in a process of its own: node ours.ts '<JSON of an Order>'. Prints what it took, as JSON.
import type { S3Location } from "../../config/settings.ts";
import { describe } from "../../pipeline/stage/records.ts";
import { createClient } from "../../pipeline/transfer/client.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";
import { downloadArtefacts } from "../../pipeline/transfer/download.ts";
import { fetchPublished } from "../../pipeline/transfer/manifestObject.ts";
import { ownerName } from "../../pipeline/transfer/owner.ts";
import { purgePrefix } from "../../pipeline/transfer/purge.ts";
import { uploadStage } from "../../pipeline/transfer/upload.ts";
import { missingOnS3 } from "../../pipeline/transfer/verify.ts";
import { owner } from "./tools.ts";

export interface Order {
    readonly operation: "upload" | "download" | "nothing" | "purge";
    readonly connection: S3Connection;
    /** The files' folder. */
    readonly root: string;
    readonly location: S3Location;
}

/** Of the transfer alone: where it runs in the product, Node and the SDK are loaded long before. */
export interface Taken {
    readonly seconds: number;
    readonly cpuSeconds: number;
    /** Largest resident set of the whole process, in megabytes. */
    readonly megabytes: number;
    /** Of an upload: until all files were hashed. */
    readonly hashSeconds?: number;
}

const stage = "Bench";

const order = JSON.parse(process.argv[2] ?? "") as Order;
const client = createClient(order.connection);

/** Hashes the files as a stage does when its task has ended, and sends what S3 lacks. */
async function upload({ root, location }: Order): Promise<{ hashSeconds: number }> {
    const start = performance.now();
    const inputs = { stage, experiment: "bench", directory: root, settings: {}, inputs: {}, root, produces: ["**"] };
    const { manifest } = await describe(inputs, "", 0);
    const hashSeconds = (performance.now() - start) / 1000;
    await uploadStage(client, root, location, manifest);
    return { hashSeconds };
}

async function published({ location }: Order) {
    const found = await fetchPublished(client, location, stage);
    if (!found) throw new Error(`${location.uri} has no manifest`);
    return found;
}

const operations: Readonly<
    Record<Order["operation"], (order: Order) => Promise<{ hashSeconds?: number } | undefined>>
> = {
    upload,
    download: async (given) => {
        await downloadArtefacts(client, given.location, given.root, (await published(given)).manifest.artefacts);
        return undefined;
    },
    nothing: async (given) => {
        const found = await published(given);
        const missing = await missingOnS3(client, given.location, found.manifest.artefacts, {}, found);
        if (missing.length > 0) throw new Error(`${missing.length} objects are missing`);
        return undefined;
    },
    purge: async ({ location }) => {
        await purgePrefix(client, location, ownerName(owner.stack, owner.claim));
        return undefined;
    },
};

const [start, before] = [performance.now(), process.cpuUsage()];
const more = await operations[order.operation](order);
const { user, system } = process.cpuUsage(before);
const taken: Taken = {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1000,
    ...more,
};
console.log(JSON.stringify(taken));
client.destroy();
