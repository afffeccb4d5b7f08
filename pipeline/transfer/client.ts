// Clients for any S3 server: path style, and no checksums that servers other than AWS's do not know.
import { S3Client } from "@aws-sdk/client-s3";
import { type S3Connection, s3Region } from "./connection.ts";
import { areExpired, markCured } from "./retry.ts";

const clients = new Map<string, S3Client>();

/** One client, and so one pool of connections, per server and credentials. */
export function clientFor(connection: S3Connection = {}): S3Client {
    const id = JSON.stringify(connection);
    const client = clients.get(id) ?? createClient(connection);
    clients.set(id, client);
    return client;
}

const silent = () => undefined;

/** @param stallMs - without a byte for this long, an attempt is over */
export function createClient(connection: S3Connection = {}, stallMs = 60_000): S3Client {
    const { endpoint, region, accessKeyId, secretAccessKey, sessionToken } = connection;
    const client = new S3Client({
        region: region ?? s3Region,
        forcePathStyle: true,
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
        // Not every server answers it, and then each request waits 6 s; it also needs a connection of its own.
        expectContinueHeader: false,
        // Bodies are streams, which only we can start again; see retry.ts.
        maxAttempts: 1,
        // It warns on the console about each stream that we are about to send again.
        logger: { debug: silent, info: silent, warn: silent, error: silent },
        requestHandler: {
            connectionTimeout: 10_000,
            socketTimeout: stallMs,
            httpAgent: { maxSockets: 64 },
            httpsAgent: { maxSockets: 64 },
        },
        ...(endpoint !== undefined && { endpoint }),
        ...(accessKeyId !== undefined &&
            secretAccessKey !== undefined && {
                credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
            }),
    });
    renewExpiredCredentials(client);
    return client;
}

/** Long transfers outlive short credentials: when the chain has new ones by then, the request is worth repeating. */
function renewExpiredCredentials(client: S3Client): void {
    const renewed = async () => {
        const before = await client.config.credentials();
        const after = await client.config.credentials({ forceRefresh: true });
        return before.accessKeyId !== after.accessKeyId || before.sessionToken !== after.sessionToken;
    };
    client.middlewareStack.add(
        (next) => async (args) => {
            try {
                return await next(args);
            } catch (error) {
                if (areExpired(error) && (await renewed().catch(() => false))) {
                    markCured(error as object);
                }
                throw error;
            }
        },
        { step: "initialize", name: "renewExpiredCredentials" },
    );
}
