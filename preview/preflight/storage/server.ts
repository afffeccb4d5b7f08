// Whether an S3 server answers at an address: one request without credentials.
import { once } from "node:events";
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { noAnswer, noConnection, noS3 } from "./unreachable.ts";

export interface ServerAnswer {
    /** What kind of server it is, as far as it tells. */
    readonly product: string;
    /** Its clock and ours, as the answer came. */
    readonly there?: Date;
    readonly here: Date;
}

/** Characters of an answer that show what it is. */
const enough = 1024;

/** Throws Unreachable with the reason; `limitMs` is the time for an answer. */
export async function reach(
    address: string,
    bucket: string,
    limitMs: number,
    signal: AbortSignal,
): Promise<ServerAnswer> {
    // Amazon sends those who ask for the list of buckets without credentials to its web site, so a bucket is asked for.
    const url = `${address}/${bucket}?location`;
    const limit = AbortSignal.timeout(limitMs);
    try {
        const { get } = address.startsWith("https:") ? https : http;
        const request = get(url, { signal: AbortSignal.any([signal, limit]) });
        const [answer] = (await once(request, "response")) as [IncomingMessage];
        const here = new Date();
        const body = await readBeginning(answer);
        if (!isS3(answer.headers, body)) throw noS3(address, answer, body);
        const { date } = answer.headers;
        return { product: productOf(answer.headers), here, ...(date !== undefined && { there: new Date(date) }) };
    } catch (error) {
        signal.throwIfAborted();
        if (limit.aborted) throw noAnswer(address, limitMs);
        throw "code" in (error as Error) ? noConnection(address, error as Error) : error;
    }
}

async function readBeginning(answer: IncomingMessage): Promise<string> {
    let text = "";
    for await (const chunk of answer.setEncoding("utf8") as AsyncIterable<string>) {
        text += chunk;
        if (text.length >= enough) break;
    }
    return text;
}

function isS3(headers: IncomingHttpHeaders, body: string): boolean {
    return "x-amz-request-id" in headers || /^\s*(<\?xml[^>]*>\s*)?<(Error|LocationConstraint)\b/.test(body);
}

/** Ceph is known by the form of its request ids, also behind a proxy that names itself. */
function productOf(headers: IncomingHttpHeaders): string {
    if (/^tx[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-/.test(String(headers["x-amz-request-id"]))) return "Ceph";
    const [product = ""] = String(headers.server ?? "").split(/[/\s]/);
    return { AmazonS3: "Amazon S3", "": "an S3 server" }[product] ?? product;
}
