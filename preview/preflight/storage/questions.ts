// The questions to the S3 server, each asked once however many checks need the answer; none of them writes anything.
import {
    ListBucketsCommand,
    ListObjectsV2Command,
    type S3Client,
    S3ServiceException,
    UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { ExperimentSettings, S3Location } from "../../../config/settings.ts";
import { createClient } from "../../../pipeline/transfer/client.ts";
import { keyPrefix } from "../../../pipeline/transfer/listing.ts";
import { ownerOf } from "../../../pipeline/transfer/owner.ts";
import type { Subject } from "../check.ts";
import { findAddress } from "./address.ts";
import type { S3Directory } from "./directories.ts";
import { type FoundKeys, findKeys } from "./keys.ts";
import { Refused, refusalOf } from "./refusal.ts";
import { reach, type ServerAnswer } from "./server.ts";
import { Unreachable } from "./unreachable.ts";

type Ask<T> = (client: S3Client, abortSignal: AbortSignal) => Promise<T>;

/** What the checks of S3 share. */
export interface Storage {
    readonly settings: ExperimentSettings;
    /** Those on S3. */
    readonly directories: readonly S3Directory[];
    readonly questions: Questions;
}

/** All questions but that for keys throw Unreachable or Refused. The signal of who asks first counts. */
export class Questions {
    readonly #subject: Subject;
    readonly #bucket: string;
    readonly #limitMs: number;
    readonly #asked = new Map<string, Promise<unknown>>();

    /** @param limitMs - how long the server may take for each answer */
    constructor(subject: Subject, bucket: string, limitMs: number) {
        this.#subject = subject;
        this.#bucket = bucket;
        this.#limitMs = limitMs;
    }

    /** Of the server, as this machine reaches it. */
    address(): Promise<string> {
        return this.#once("address", () => findAddress(this.#subject.s3));
    }

    /** Whether there is a server at all. */
    server(signal: AbortSignal): Promise<ServerAnswer> {
        return this.#once("server", async () => {
            try {
                return await reach(await this.address(), this.#bucket, this.#limitMs, signal);
            } catch (error) {
                // A gateway may turn away those without a signature before S3 sees them.
                if (error instanceof Unreachable && (await this.#answersKeys(signal))) {
                    return { product: "an S3 server", here: new Date() };
                }
                throw error;
            }
        });
    }

    /** Throws Refused when there are none. */
    keys(): Promise<FoundKeys> {
        const { settings, s3, environment } = this.#subject;
        return this.#once("keys", () => findKeys(settings, s3, environment));
    }

    /** The names of the buckets that these keys own. */
    buckets(signal: AbortSignal): Promise<string[]> {
        return this.#explained(this.#buckets(signal), signal);
    }

    /** Whether what is under the prefix may be listed. */
    listing(location: S3Location, signal: AbortSignal): Promise<unknown> {
        const listing = new ListObjectsV2Command({
            Bucket: location.bucket,
            Prefix: keyPrefix(location),
            MaxKeys: 1,
        });
        return this.#signed(`listing ${location.uri}`, signal, (client, abortSignal) =>
            client.send(listing, { abortSignal }),
        );
    }

    /** The stack that owns the prefix; undefined when none does. */
    owner(location: S3Location, signal: AbortSignal): Promise<string | undefined> {
        return this.#signed(`owner ${location.uri}`, signal, (client, abortSignal) =>
            ownerOf(client, location, { retries: 0, signal: abortSignal }),
        );
    }

    /**
     * Whether one may write under the prefix. A part of an upload that was never begun cannot be stored; servers look
     * for the upload after they have decided whether one may write. (A PutObject with a wrong checksum or condition is
     * stored by those that do not know these.)
     */
    writing(location: S3Location, signal: AbortSignal): Promise<void> {
        const part = new UploadPartCommand({
            Bucket: location.bucket,
            Key: `${keyPrefix(location)}.aframe-write-probe`,
            UploadId: "aframe-write-probe",
            PartNumber: 1,
            Body: "",
        });
        return this.#signed(`writing ${location.uri}`, signal, async (client, abortSignal) => {
            try {
                await client.send(part, { abortSignal });
            } catch (error) {
                if (!isUnknownUpload(error)) throw error;
            }
        });
    }

    #client(): Promise<S3Client> {
        return this.#once("client", async () => {
            const { pair } = await this.keys();
            return createClient({ ...this.#subject.s3, ...pair });
        });
    }

    #buckets(signal: AbortSignal): Promise<string[]> {
        return this.#sent("buckets", signal, async (client, abortSignal) => {
            const { Buckets, Owner } = await client.send(new ListBucketsCommand({}), { abortSignal });
            if (Buckets === undefined && Owner === undefined) throw new Error("the answer is no list of buckets");
            return (Buckets ?? []).flatMap(({ Name }) => Name ?? []);
        });
    }

    #answersKeys(signal: AbortSignal): Promise<boolean> {
        return this.#buckets(signal).then(
            () => true,
            (error: unknown) => error instanceof Refused && error.cause instanceof S3ServiceException,
        );
    }

    #signed<T>(name: string, signal: AbortSignal, ask: Ask<T>): Promise<T> {
        return this.#explained(this.#sent(name, signal, ask), signal);
    }

    /** Of a server that is none, a request makes what it can; the first question knows what is the matter. */
    async #explained<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
        try {
            const [answer] = await Promise.all([request, this.server(signal)]);
            return answer;
        } catch (error) {
            if (!(error instanceof Refused)) await this.server(signal);
            throw error;
        }
    }

    #sent<T>(name: string, signal: AbortSignal, ask: Ask<T>): Promise<T> {
        return this.#once(name, async () => {
            const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#limitMs)]);
            try {
                return await ask(await this.#client(), limit);
            } catch (error) {
                throw refusalOf(error) ?? error;
            }
        });
    }

    #once<T>(name: string, ask: () => Promise<T>): Promise<T> {
        const asked = (this.#asked.get(name) as Promise<T> | undefined) ?? ask();
        this.#asked.set(name, asked);
        return asked;
    }
}

/** The server of the demo, moto, breaks (HTTP 500) at the point where others say NoSuchUpload. */
function isUnknownUpload(error: unknown): boolean {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return name === "NoSuchUpload" || $metadata?.httpStatusCode === 500;
}
