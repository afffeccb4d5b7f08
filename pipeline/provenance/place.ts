// Reading, writing and deleting run.json in a run directory, here or on S3.
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Location, S3Location } from "../../config/settings.ts";
import { replaceFile } from "../../files/replaceFile.ts";
import { clientFor } from "../transfer/client.ts";
import type { S3Connection } from "../transfer/connection.ts";
import { keyPrefix } from "../transfer/listing.ts";
import type { TransferOptions } from "../transfer/options.ts";
import { attempt, isNotFound } from "../transfer/retry.ts";
import { runFileName } from "./runFile.ts";

/** A run directory, and how it is reached. */
export interface RunPlace {
    readonly runDir: Location;
    readonly s3?: S3Connection;
}

/** @returns undefined when there is none */
export async function readRunFile({ runDir, s3 }: RunPlace, options?: TransferOptions): Promise<string | undefined> {
    return runDir.kind === "local"
        ? readLocal(path.join(runDir.path, runFileName))
        : readObject({ Bucket: runDir.bucket, Key: keyPrefix(runDir) + runFileName }, s3, options);
}

async function readLocal(file: string): Promise<string | undefined> {
    try {
        return await readFile(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}

/** Of any key: a run.json may have been copied elsewhere. */
export function readObject(
    where: { readonly Bucket: string; readonly Key: string },
    s3: S3Connection | undefined,
    options: TransferOptions = {},
): Promise<string | undefined> {
    return attempt(`reading s3://${where.Bucket}/${where.Key}`, options, async () => {
        try {
            return await (await clientFor(s3).send(new GetObjectCommand(where))).Body?.transformToString();
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    });
}

export async function writeRunFile({ runDir, s3 }: RunPlace, text: string): Promise<void> {
    if (runDir.kind === "s3") {
        await writeObject(runDir, s3, text);
        return;
    }
    await mkdir(runDir.path, { recursive: true });
    await replaceFile(path.join(runDir.path, runFileName), text);
}

async function writeObject(runDir: S3Location, s3: S3Connection | undefined, text: string): Promise<void> {
    const where = { Bucket: runDir.bucket, Key: keyPrefix(runDir) + runFileName };
    await attempt(`writing ${runDir.uri}/${runFileName}`, {}, () =>
        clientFor(s3).send(new PutObjectCommand({ ...where, Body: text, ContentType: "application/json" })),
    );
}

/** What is on S3 goes with its prefix. */
export async function removeRunFile({ runDir }: RunPlace): Promise<void> {
    if (runDir.kind === "local") {
        await rm(path.join(runDir.path, runFileName), { force: true });
    }
}
