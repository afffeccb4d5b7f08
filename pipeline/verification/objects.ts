// The copy of a stage's artefacts on S3: its manifest, and what of that the server says it holds.
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import { type Artefact, type Manifest, manifestDigest, manifestName } from "../stage/manifest.ts";
import type { StageRecord } from "../stage/records.ts";
import { listSizes } from "../transfer/listing.ts";
import { fetchManifest } from "../transfer/manifestObject.ts";
import type { TransferOptions } from "../transfer/options.ts";
import { isNotFound } from "../transfer/retry.ts";
import { missingOnS3 } from "../transfer/verify.ts";
import { sha256OfObject } from "./bytes.ts";
import type { Finding, Look, Subject } from "./copy.ts";

/** Name → size of all objects under a prefix, or why they cannot be listed. */
export type Listing = ReadonlyMap<string, number> | Error;

/** A bucket that is not there holds nothing: `up` may be the one to make it. */
export async function listPrefix(client: S3Client, location: S3Location, options: TransferOptions): Promise<Listing> {
    try {
        return await listSizes(client, location, options);
    } catch (error) {
        options.signal?.throwIfAborted();
        const failure = error as Error;
        return isNotFound(failure.cause ?? failure) ? new Map() : failure;
    }
}

export interface ObjectsRequest {
    readonly client: S3Client;
    readonly subject: Subject;
    readonly location: S3Location;
    readonly listing: Listing;
    /** Of this machine. @default none */
    readonly record: StageRecord | undefined;
    /** Leave all bytes to be read. */
    readonly deep: boolean;
    readonly options: TransferOptions;
}

export async function lookAtObjects(request: ObjectsRequest): Promise<Look> {
    const { client, subject, location, listing, deep, options } = request;
    const look: Look = {
        stage: subject.stage,
        kind: "s3",
        where: location.uri,
        findings: [],
        notes: [],
        unread: [],
        hash: (artefact, reading) => sha256OfObject(client, location, artefact, reading),
    };
    if (listing instanceof Error) {
        return unseen(look, listing);
    }
    if (subject.isStarted) {
        return { ...look, state: "started" };
    }
    try {
        const judged = judgeManifest(await readManifest(request, listing), subject, request.record);
        const artefacts = judged.manifest?.artefacts ?? [];
        const wrong = artefacts.length > 0 ? await missingOnS3(client, location, artefacts, options) : [];
        const right = artefacts.filter((artefact) => !wrong.includes(artefact));
        return {
            ...look,
            ...judged,
            findings: [...judged.findings, ...wrong.map((artefact) => describeWrong(artefact, listing))],
            unread: deep ? right.map((artefact) => ({ ...artefact, seemsRight: true })) : [],
        };
    } catch (error) {
        options.signal?.throwIfAborted();
        return unseen(look, error as Error);
    }
}

function unseen(look: Look, { message }: Error): Look {
    return { ...look, state: "unknown", findings: [{ kind: "unknown", message }] };
}

/** An object that is there and is no manifest comes back as an Error; one that cannot be read is thrown as one. */
async function readManifest(
    { client, subject, location, options }: ObjectsRequest,
    listing: ReadonlyMap<string, number>,
): Promise<Manifest | Error | undefined> {
    if (!listing.has(manifestName(subject.stage))) {
        return undefined;
    }
    try {
        return await fetchManifest(client, location, subject.stage, options);
    } catch (error) {
        const { cause } = error as Error;
        if (cause === undefined || cause instanceof SyntaxError) {
            return error as Error;
        }
        throw error;
    }
}

type Judgement = Pick<Look, "state" | "manifest" | "findings" | "notes">;

/** By the state; by what this machine has recorded when the state does not know the stage. */
function judgeManifest(
    found: Manifest | Error | undefined,
    { stage, expected, training }: Subject,
    record: StageRecord | undefined,
): Judgement {
    const made = record && manifestDigest(record.manifest);
    const instead = record && (expected ?? made) === made ? { manifest: record.manifest } : {};
    const nothing = { findings: [], notes: [] };
    if (found instanceof Error) {
        return { ...nothing, ...instead, findings: [{ kind: "manifest", message: found.message }] };
    }
    if (found === undefined && expected) {
        return { ...nothing, ...instead, findings: [{ kind: "manifest", message: "its manifest is missing" }] };
    }
    if (found === undefined && training) {
        return { ...nothing, state: "started" };
    }
    if (found === undefined) {
        return { ...nothing, state: made !== undefined && expected === undefined ? "not sent" : "not made" };
    }
    if (training && found.settingsDigest !== training.digest) {
        const message = `the model there is of another training, which ended ${found.time}`;
        return expected
            ? { ...nothing, manifest: found, findings: [{ kind: "manifest", message }] }
            : { ...nothing, state: "started" };
    }
    if (expected === "" && !training) {
        return { ...nothing, state: "not made" };
    }
    const right = expected || made;
    if (right !== undefined && manifestDigest(found) !== right) {
        const who = expected ? "this stack" : "this machine";
        const message =
            `its manifest, of ${found.time} by ${found.experiment}, ` +
            `does not list the files that ${who} has of ${stage}`;
        return { ...nothing, manifest: found, findings: [{ kind: "manifest", message }] };
    }
    return { ...nothing, manifest: found };
}

function describeWrong({ name, size, sha256 }: Artefact, listing: ReadonlyMap<string, number>): Finding {
    const there = listing.get(name);
    if (there === undefined) {
        return { kind: "missing", name, message: `${name} is missing` };
    }
    const message =
        there === size ? `${name} was not sent with the SHA-256 ${sha256}` : `${name} has ${there} bytes, not ${size}`;
    return { kind: "changed", name, message };
}
