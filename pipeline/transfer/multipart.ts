// Objects sent in parts; each part is streamed from its place in the file, so none is held in memory.
import {
    type CompletedPart,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    HeadObjectCommand,
    type Part,
    type S3Client,
} from "@aws-sdk/client-s3";
import { defaults, type TransferOptions } from "./options.ts";
import { type FilePart, holdsPart, sendPart } from "./part.ts";
import { assertWhole, attempt, IntegrityError, isNotFound } from "./retry.ts";
import { sideBySide } from "./sideBySide.ts";
import { abortUpload, abortUploads, listParts } from "./unfinished.ts";
import { type ObjectAddress, readNote, readNotes, removeNote, type UploadNote, writeNote } from "./uploadNotes.ts";
import { sha256Metadata } from "./verify.ts";

const maxParts = 10_000;

export interface WholeFile {
    readonly path: string;
    readonly size: number;
    /** Hex. */
    readonly sha256: string;
    /** Throws when the file was changed since its transfer began. */
    readonly assertUnchanged: () => Promise<void>;
}

type Upload = UploadNote & { readonly there: ReadonlyMap<number, Part> };

export function partSize(size: number, options: TransferOptions): number {
    return Math.max(options.partBytes ?? defaults.partBytes, Math.ceil(size / maxParts));
}

/** Goes on with an upload of the same contents that an earlier run has noted. @returns the bytes that were sent */
export async function sendInParts(
    client: S3Client,
    address: ObjectAddress,
    file: WholeFile,
    options: TransferOptions,
): Promise<number> {
    const upload = (await continueUpload(client, address, file, options)) ?? {
        ...(await beginUpload(client, address, file, options)),
        there: new Map<number, Part>(),
    };
    try {
        const { parts, sent } = await sendParts(client, upload, file, options);
        await file.assertUnchanged();
        await complete(client, upload, parts, options);
        if (options.notes !== undefined) {
            await removeNote(options.notes, address);
        }
        return sent;
    } catch (error) {
        if (options.notes === undefined) {
            // Parts that nobody will find again would hold space for ever. The first failure is the one to tell.
            await abortUpload(client, address, upload.uploadId, { retries: 0 }).catch(() => undefined);
        }
        throw error;
    }
}

/** Of the unfinished uploads of this object, the noted one is kept if it is of the same contents. */
async function continueUpload(
    client: S3Client,
    address: ObjectAddress,
    { size, sha256 }: WholeFile,
    options: TransferOptions,
): Promise<Upload | undefined> {
    const noted = options.notes === undefined ? undefined : await readNote(options.notes, address);
    const note = noted?.size === size && noted.sha256 === sha256 ? noted : undefined;
    const others = (key: string, id: string) => key === address.Key && id !== note?.uploadId;
    await abortUploads(client, address.Bucket, address.Key, others, options);
    const there = note && (await listParts(client, address, note.uploadId, options));
    return there && { ...note, there };
}

async function beginUpload(
    client: S3Client,
    address: ObjectAddress,
    { size, sha256 }: WholeFile,
    options: TransferOptions,
): Promise<UploadNote> {
    let asked = 0;
    const { UploadId: uploadId = "" } = await attempt(
        `starting s3://${address.Bucket}/${address.Key}`,
        options,
        async () => {
            asked++;
            const create = new CreateMultipartUploadCommand({ ...address, Metadata: { [sha256Metadata]: sha256 } });
            const abort = options.signal && { abortSignal: options.signal };
            return assertWhole(await client.send(create, abort), "UploadId");
        },
    );
    const note: UploadNote = { version: 1, address, uploadId, size, sha256, partBytes: partSize(size, options) };
    if (options.notes !== undefined) {
        await writeNote(options.notes, note);
    }
    if (asked > 1) {
        // An attempt whose answer was lost may have started one too.
        const others = (key: string, id: string) => key === address.Key && id !== uploadId;
        await abortUploads(client, address.Bucket, address.Key, others, options);
    }
    return note;
}

async function sendParts(client: S3Client, upload: Upload, file: WholeFile, options: TransferOptions) {
    const { size, partBytes, address, uploadId, there } = upload;
    const count = Math.ceil(size / partBytes);
    const all = Array.from({ length: count }, (_, index): FilePart => {
        const start = index * partBytes;
        return { path: file.path, number: index + 1, count, start, length: Math.min(partBytes, size - start) };
    });
    const atOnce = Math.ceil((options.parallel ?? defaults.parallel) / 2);
    let sent = 0;
    const parts = await sideBySide(all, atOnce, options, async (part, stoppable): Promise<CompletedPart> => {
        const known = there.get(part.number);
        if (known && (await holdsPart(known, part, stoppable.signal))) {
            options.onFound?.(part.length);
            return { ETag: known.ETag, PartNumber: part.number };
        }
        const ETag = await sendPart(client, address, uploadId, part, stoppable);
        sent += part.length;
        return { ETag, PartNumber: part.number };
    });
    return { parts, sent };
}

/** Makes the object of its parts, and looks whether it is there: not every server means it when it says so. */
async function complete(
    client: S3Client,
    { address, uploadId, size, sha256 }: UploadNote,
    parts: CompletedPart[],
    options: TransferOptions,
): Promise<void> {
    const command = { ...address, UploadId: uploadId, MultipartUpload: { Parts: parts } };
    let attempts = 0;
    await attempt(`completing s3://${address.Bucket}/${address.Key}`, options, async () => {
        attempts++;
        // An upload that is gone was completed by an attempt whose answer was lost, or is really gone.
        const gone = await notFound(client.send(new CompleteMultipartUploadCommand(command)));
        const look = () => client.send(new HeadObjectCommand(address));
        const { ContentLength, Metadata } = await (gone && attempts > 1
            ? awaitAssembly(look, address, options)
            : look().catch((error: unknown) => {
                  throw gone && isNotFound(error) ? gone : error;
              }));
        if (ContentLength !== size || Metadata?.[sha256Metadata] !== sha256) {
            const got = `${ContentLength ?? "unknown"} bytes with SHA-256 ${Metadata?.[sha256Metadata] ?? "unknown"}`;
            throw gone ?? new IntegrityError(`the object has ${got}, expected are ${size} bytes with ${sha256}`);
        }
    });
}

/** With delays of up to 30 s, a quarter of an hour. */
const assemblyRetries = 33;

/** Servers that copy the parts may need minutes, longer than their silence is borne. */
function awaitAssembly<Answer>(look: () => Promise<Answer>, address: ObjectAddress, options: TransferOptions) {
    const what = `waiting until the server has put s3://${address.Bucket}/${address.Key} together`;
    return attempt(what, { ...options, retries: assemblyRetries }, async () => {
        try {
            return await look();
        } catch (error) {
            throw isNotFound(error) ? new IntegrityError("it is not there yet") : error;
        }
    });
}

/** The error of a request for something that is not there; other errors are thrown. */
async function notFound(request: Promise<unknown>): Promise<Error | undefined> {
    try {
        await request;
        return undefined;
    } catch (error) {
        if (isNotFound(error)) {
            return error as Error;
        }
        throw error;
    }
}

/** Ends the noted uploads under a prefix that `wanted` does not name: nobody would go on with them. */
export async function abortUnwanted(
    client: S3Client,
    folder: string,
    bucket: string,
    prefix: string,
    wanted: (note: UploadNote) => boolean,
    options: TransferOptions,
): Promise<void> {
    for (const note of await readNotes(folder)) {
        const { address, uploadId } = note;
        if (address.Bucket === bucket && address.Key.startsWith(prefix) && !wanted(note)) {
            await abortUpload(client, address, uploadId, options);
            await removeNote(folder, address);
        }
    }
}
