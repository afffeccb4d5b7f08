// The copy of a stage's artefacts on this machine, by the record of the stage.
import { access, stat } from "node:fs/promises";
import path from "node:path";
import pLimit from "p-limit";
import { sha256OfFile } from "../stage/fileHash.ts";
import { artefactPath, type Manifest, manifestDigest } from "../stage/manifest.ts";
import { attemptFile, recordFile } from "../stage/paths.ts";
import { readRecord, type StageRecord } from "../stage/records.ts";
import type { Finding, Look, Subject, Unread } from "./copy.ts";

/** The record of a stage, unless it is of files in another directory. */
export async function findRecord(subject: Subject, directory: string): Promise<StageRecord | undefined> {
    const record = await readRecord(recordFile(directory, subject.stage));
    // That of a training whose model has not been fetched has no directory.
    return record && ["", path.relative(directory, subject.root)].includes(record.root) ? record : undefined;
}

export interface FilesRequest {
    readonly subject: Subject;
    /** The experiment directory. */
    readonly directory: string;
    readonly record: StageRecord | undefined;
    /** What is on S3, for a mirror. @default nothing is known of it */
    readonly original?: Manifest | undefined;
    /** Leave all bytes to be read, not only those of files written to since they were recorded. */
    readonly deep: boolean;
}

/** Undefined for a mirror with nothing in it. */
export async function lookAtFiles(request: FilesRequest): Promise<Look | undefined> {
    const { subject, record } = request;
    const look: Look = {
        stage: subject.stage,
        kind: subject.location ? "mirror" : "here",
        where: subject.root,
        findings: [],
        notes: [],
        unread: [],
        hash: async ({ name }, options) => (await sha256OfFile(artefactPath(subject.root, name), options)).sha256,
    };
    return subject.location ? lookAtMirror(look, record, request) : lookHere(look, record, request);
}

async function lookAtMirror(
    look: Look,
    record: StageRecord | undefined,
    { subject, original, deep }: FilesRequest,
): Promise<Look | undefined> {
    if (!record || record.root === "" || subject.isStarted) {
        return undefined;
    }
    const { manifest } = record;
    // Of a stage that the state does not know, the record is what S3 is judged by.
    const right = subject.expected === "" ? original && manifestDigest(original) : subject.expected;
    if (right !== undefined && right !== manifestDigest(manifest)) {
        const note = "has the files of another run; a stage that needs those on S3 fetches them";
        return { ...look, manifest, state: "stale", notes: [note] };
    }
    const seen = await compareFiles(subject.root, record, deep);
    const missing = seen.findings.filter(({ kind }) => kind === "missing").length;
    const note = `lacks ${missing} of ${manifest.artefacts.length} files; a stage that needs them fetches them`;
    return {
        ...look,
        ...seen,
        manifest,
        findings: seen.findings.filter(({ kind }) => kind !== "missing"),
        ...(missing > 0 && { state: "partial", notes: [note] }),
    };
}

async function lookHere(look: Look, record: StageRecord | undefined, request: FilesRequest): Promise<Look> {
    const { subject, directory, deep } = request;
    const { stage, expected, isStarted } = subject;
    if (isStarted || (!record && (await isThere(attemptFile(directory, stage))))) {
        return { ...look, state: "started" };
    }
    if (expected === "" || (!record && expected === undefined)) {
        return { ...look, state: "not made" };
    }
    if (!record) {
        const message = `its record ${recordFile(directory, stage)} is missing or cannot be read`;
        return { ...look, findings: [{ kind: "manifest", message }] };
    }
    const { manifest } = record;
    const seen = await compareFiles(subject.root, record, deep);
    const message = `its record, of ${manifest.time}, does not list the files that this stack has of ${stage}`;
    const isOther = expected !== undefined && manifestDigest(manifest) !== expected;
    const other: Finding[] = isOther ? [{ kind: "manifest", message }] : [];
    return { ...look, ...seen, manifest, findings: [...other, ...seen.findings] };
}

function isThere(file: string): Promise<boolean> {
    return access(file).then(
        () => true,
        () => false,
    );
}

/** By size and time; whose time is another has to be read. */
async function compareFiles(root: string, { manifest, mtimes }: StageRecord, deep: boolean) {
    const findings: Finding[] = [];
    const unread: Unread[] = [];
    await pLimit(16).map(manifest.artefacts, async (artefact) => {
        const { name, size } = artefact;
        const found = await stat(artefactPath(root, name)).catch(() => undefined);
        if (!found?.isFile()) {
            findings.push({ kind: "missing", name, message: `${name} is missing` });
        } else if (found.size !== size) {
            findings.push({ kind: "changed", name, message: `${name} has ${found.size} bytes, not ${size}` });
        } else if (deep || found.mtimeMs !== mtimes[name]) {
            unread.push({ ...artefact, seemsRight: found.mtimeMs === mtimes[name] });
        }
    });
    const byName = (a: { name?: string }, b: { name?: string }) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1);
    return { findings: findings.sort(byName), unread: unread.sort(byName) };
}
