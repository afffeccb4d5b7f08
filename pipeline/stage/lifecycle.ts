// Life cycle of a stage; runs in the dynamic-provider process.
import { rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { clientFor } from "../transfer/client.ts";
import { fetchPublished } from "../transfer/manifestObject.ts";
import { partialFile } from "../transfer/partial.ts";
import { missingOnS3 } from "../transfer/verify.ts";
import { unknown } from "../unknownValue.ts";
import { settingsDigest } from "./digest.ts";
import { dropPrevious } from "./leftovers.ts";
import { artefactPath, manifestDigest, totalBytes } from "./manifest.ts";
import { attemptFile, recordFile, uploadsFolder } from "./paths.ts";
import { readRecord, removeRecord, verifyFiles } from "./records.ts";
import { runStage, type StageResult } from "./runner.ts";
import type { StageInputs, StageOutputs } from "./state.ts";

export function check(news: StageInputs) {
    const failures = [];
    if (news.stage !== unknown && !/^[A-Za-z0-9_-]+$/.test(news.stage)) {
        failures.push({
            property: "stage",
            reason: `${JSON.stringify(news.stage)} is not a name of letters and digits`,
        });
    }
    if (Array.isArray(news.command) && news.command.length === 0) {
        failures.push({ property: "command", reason: "it is empty; set aframe:law to the command that runs law" });
    }
    return { inputs: news, failures };
}

/** What of the inputs is kept in the state. */
function recorded(inputs: StageInputs) {
    const { stage, experiment, directory, root, target, s3, artifacts } = inputs;
    return { stage, experiment, directory, root, artifacts, ...(target && { target }), ...(s3 && { s3 }) };
}

function hasUnknown(news: StageInputs): boolean {
    return JSON.stringify(news).includes(unknown) || typeof news.inputs !== "object";
}

/** Whether an upstream is itself not done: a training that was only accepted, or a stage that waits for one. */
function isPending({ inputs }: StageInputs): boolean {
    return Object.values(inputs).includes("");
}

/** Whether the artefacts may have to be made anew, moved or sent, as opposed to something being noted. */
export function needsRun(olds: StageOutputs, news: StageInputs): boolean {
    return (
        (olds.damaged?.length ?? 0) > 0 ||
        olds.settingsDigest !== settingsDigest(news) ||
        !isDeepStrictEqual(olds.inputs, news.inputs) ||
        olds.directory !== news.directory ||
        olds.root !== news.root ||
        !isDeepStrictEqual(olds.target, news.target)
    );
}

/** Looks at nothing but its arguments: it also runs in previews, where values may be missing. */
export function diff(olds: StageOutputs, news: StageInputs) {
    if (hasUnknown(news)) {
        return { changes: true };
    }
    const noted = Object.entries(recorded(news)).some(
        ([key, value]) => !isDeepStrictEqual(olds[key as keyof StageOutputs], value),
    );
    const dropped = olds.s3 !== undefined && news.s3 === undefined;
    const other = isPending(news) ? olds.manifestDigest !== "" : needsRun(olds, news);
    return { changes: noted || dropped || other };
}

/** Keeps what an earlier run left on the disk: its record no longer fits, so it is not taken for this one's. */
function pending(inputs: StageInputs): StageOutputs {
    const nothing = { settingsDigest: "", manifestDigest: "", seconds: 0, files: 0, bytes: 0 };
    return { ...recorded(inputs), inputs: inputs.inputs, ...nothing };
}

async function bringUp(inputs: StageInputs): Promise<StageOutputs> {
    return isPending(inputs) ? pending(inputs) : outputs(inputs, await runStage(inputs));
}

function outputs(inputs: StageInputs, { manifest, seconds }: StageResult): StageOutputs {
    return {
        ...recorded(inputs),
        inputs: inputs.inputs,
        settingsDigest: settingsDigest(inputs),
        manifestDigest: manifestDigest(manifest),
        seconds,
        files: manifest.artefacts.length,
        bytes: totalBytes(manifest),
    };
}

export async function create(inputs: StageInputs) {
    return { id: `${inputs.experiment}/${inputs.stage}`, outs: await bringUp(inputs) };
}

export async function update(olds: StageOutputs, news: StageInputs): Promise<{ outs: StageOutputs }> {
    if (isPending(news) || needsRun(olds, news)) {
        return { outs: await bringUp(news) };
    }
    const { inputs, settingsDigest: digest, manifestDigest: manifest, seconds, files, bytes } = olds;
    const kept = { inputs, settingsDigest: digest, manifestDigest: manifest, seconds, files, bytes };
    return { outs: { ...recorded(news), ...kept } };
}

/** Names what is missing or changed, which makes the next update run the stage. */
export async function read(id: string, props: StageOutputs): Promise<{ id: string; props: StageOutputs }> {
    const damaged = await findDamage(props);
    const { damaged: _before, ...rest } = props;
    return { id, props: damaged.length > 0 ? { ...rest, damaged } : rest };
}

async function findDamage(props: StageOutputs): Promise<readonly string[]> {
    if (props.manifestDigest === "") {
        return [];
    }
    if (props.target) {
        // The copy on S3 is the one that counts; the mirror is filled again when a stage needs it.
        const client = clientFor(props.s3);
        const published = await fetchPublished(client, props.target, props.stage);
        if (!published || manifestDigest(published.manifest) !== props.manifestDigest) {
            return ["manifest"];
        }
        const missing = await missingOnS3(client, props.target, published.manifest.artefacts, {}, published);
        return missing.map(({ name }) => name);
    }
    const record = await readRecord(recordFile(props.directory, props.stage));
    if (!record || manifestDigest(record.manifest) !== props.manifestDigest) {
        return ["record"];
    }
    return (await verifyFiles(props.root, record)).damaged;
}

/** Deletes the local artefacts when asked to; what is on S3 belongs to the prefix. */
export async function remove(props: StageOutputs): Promise<void> {
    if (props.artifacts !== "delete") {
        return;
    }
    const file = recordFile(props.directory, props.stage);
    const record = await readRecord(file);
    const folders = new Set<string>();
    for (const { name, sha256 } of record?.manifest.artefacts ?? []) {
        const artefact = artefactPath(props.root, name);
        await rm(artefact, { force: true });
        await rm(partialFile(artefact, sha256), { force: true });
        folders.add(path.dirname(artefact));
    }
    await dropPrevious(props);
    await removeRecord(file);
    await rm(attemptFile(props.directory, props.stage), { force: true });
    await rm(uploadsFolder(props.directory, props.stage), { recursive: true, force: true });
    for (const folder of folders) {
        await removeEmpty(folder, props.root);
    }
}

/** Removes folders from the inside out as long as they are empty, and never the root. */
async function removeEmpty(folder: string, root: string): Promise<void> {
    const top = path.resolve(root);
    for (let at = path.resolve(folder); at.startsWith(top + path.sep); at = path.dirname(at)) {
        try {
            await rmdir(at);
        } catch {
            return;
        }
    }
}
