// Notes on this machine of uploads that are under way: S3 does not tell what an unfinished upload is of.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../../files/replaceFile.ts";
import { onDisk } from "./localFile.ts";

export interface ObjectAddress {
    readonly Bucket: string;
    readonly Key: string;
}

export interface UploadNote {
    readonly version: 1;
    readonly address: ObjectAddress;
    readonly uploadId: string;
    /** Of the whole object. */
    readonly size: number;
    /** Hex, of the whole object, which carries it as metadata. */
    readonly sha256: string;
    /** Size of each part but the last. */
    readonly partBytes: number;
}

function noteFile(folder: string, { Bucket, Key }: ObjectAddress): string {
    const name = createHash("sha256").update(`${Bucket}\0${Key}`).digest("hex").slice(0, 32);
    return path.join(folder, `${name}.json`);
}

/** Written before the first part is sent: after a kill, each part on the server is one that can be found again. */
export async function writeNote(folder: string, note: UploadNote): Promise<void> {
    const file = noteFile(folder, note.address);
    await onDisk("write", file, async () => {
        await mkdir(folder, { recursive: true });
        await replaceFile(file, `${JSON.stringify(note)}\n`);
    });
}

export async function removeNote(folder: string, address: ObjectAddress): Promise<void> {
    await rm(noteFile(folder, address), { force: true });
}

/** @returns undefined when there is none that can be read: the object is then sent from its start */
export async function readNote(folder: string, address: ObjectAddress): Promise<UploadNote | undefined> {
    return parse(await readFile(noteFile(folder, address), "utf8").catch(() => ""));
}

/** All that are in the folder, in no order. */
export async function readNotes(folder: string): Promise<UploadNote[]> {
    const names = await readdir(folder).catch(() => []);
    const texts = names.map((name) => readFile(path.join(folder, name), "utf8").catch(() => ""));
    return (await Promise.all(texts)).flatMap((text) => parse(text) ?? []);
}

function parse(text: string): UploadNote | undefined {
    try {
        const note = JSON.parse(text) as Partial<UploadNote>;
        const texts = [note.address?.Bucket, note.address?.Key, note.uploadId, note.sha256];
        const numbers = [note.size, note.partBytes];
        const whole =
            note.version === 1 &&
            texts.every((value) => typeof value === "string") &&
            numbers.every((value) => Number.isSafeInteger(value) && (value ?? 0) > 0);
        return whole ? (note as UploadNote) : undefined;
    } catch {
        return undefined;
    }
}
