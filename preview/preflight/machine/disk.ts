// Whether the experiment's directories can be written, and whether what is still to be made fits on their disks.
import { access, constants, stat, statfs } from "node:fs/promises";
import path from "node:path";
import prettyBytes from "pretty-bytes";
import type { CheckResult, Finding, Subject } from "../check.ts";
import { demandOf, withoutSent } from "./demand.ts";
import { directoriesOf, type LocalDirectory } from "./directories.ts";
import { judgeSpace, type Space } from "./space.ts";

/** Directories that share a file system. */
interface Disk {
    readonly space: Space;
    readonly directories: LocalDirectory[];
}

export async function checkDiskSpace(subject: Subject, signal: AbortSignal): Promise<CheckResult> {
    const findings: Finding[] = [];
    const disks = new Map<number, Disk>();
    for (const directory of await directoriesOf(subject.settings)) {
        const folder = await nearestFolder(directory.path);
        const refusal = await refusalOf(folder);
        if (refusal !== undefined) {
            const message = `${directory.what} cannot be written to ${directory.path}: ${refusal}`;
            findings.push({ level: "error", problem: { ...directory.place, message } });
        }
        const { dev } = await stat(folder);
        const disk = disks.get(dev) ?? { space: await spaceOf(folder), directories: [] };
        disk.directories.push(directory);
        disks.set(dev, disk);
    }
    for (const disk of disks.values()) {
        findings.push(...(await judgeDisk(disk, subject, signal)));
    }
    const free = [...disks.values()].map(({ space }) => `${prettyBytes(space.freeBytes)} free at ${space.folder}`);
    return { summary: free.join(", "), findings };
}

/** The directory itself, or what of the way to it exists. */
async function nearestFolder(directory: string): Promise<string> {
    const exists = await stat(directory).then(
        () => true,
        () => false,
    );
    return exists ? directory : nearestFolder(path.dirname(directory));
}

async function refusalOf(folder: string): Promise<string | undefined> {
    if (!(await stat(folder)).isDirectory()) {
        return `${folder} is not a directory`;
    }
    return access(folder, constants.W_OK | constants.X_OK).then(
        () => undefined,
        () => `this user may not write to ${folder}`,
    );
}

async function spaceOf(folder: string): Promise<Space> {
    const { bavail, bsize, files, ffree } = await statfs(folder);
    // Some file systems count no files.
    return { folder, freeBytes: bavail * bsize, ...(files > 0 && { freeFiles: ffree }) };
}

async function judgeDisk({ space, directories }: Disk, subject: Subject, signal: AbortSignal): Promise<Finding[]> {
    const findings = judgeSpace(space, demandOf(directories));
    // What another machine has sent to S3 is not made again; S3 is only asked when that matters.
    return findings.length === 0 ? [] : judgeSpace(space, demandOf(await withoutSent(directories, subject, signal)));
}
