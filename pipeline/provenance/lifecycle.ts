// Life cycle of a run.json; runs in the dynamic-provider process.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import packageJson from "../../package.json" with { type: "json" };
import { tool } from "../stage/manifest.ts";
import { unknown } from "../unknownValue.ts";
import { lookAtTraining } from "./facts.ts";
import { readRunFile, removeRunFile, writeRunFile } from "./place.ts";
import { type RunDescription, type RunFile, runFileName } from "./runFile.ts";
import type { RunFileInputs, RunFileOutputs } from "./state.ts";

/** Those whose version a run depends on, besides what trains. */
const libraries = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/aws"] as const;

export function check(news: RunFileInputs) {
    return { inputs: news };
}

function recorded({ directory, runDir, s3, manifestDigest, trainingDigest, artifacts }: Noted): Noted {
    return { directory, runDir, manifestDigest, trainingDigest, artifacts, ...(s3 && { s3 }) };
}

type Noted = Omit<RunFileOutputs, "sha256">;

/** Whether there is a training that nothing has been written about. */
function isUnwritten(olds: RunFileOutputs, news: Noted): boolean {
    const { manifestDigest, trainingDigest, runDir } = news;
    const isSame =
        olds.manifestDigest === manifestDigest &&
        olds.trainingDigest === trainingDigest &&
        isDeepStrictEqual(olds.runDir, runDir);
    return manifestDigest !== "" && (!isSame || olds.sha256 === "");
}

/** A later edit of the configuration says nothing about the model that is there. */
export function diff(olds: RunFileOutputs, news: RunFileInputs) {
    const { sha256: _, ...before } = olds;
    const noted = recorded(news);
    const changes =
        JSON.stringify(noted).includes(unknown) ||
        isUnwritten(olds, noted) ||
        !isDeepStrictEqual(recorded(before), noted);
    return { changes };
}

export async function create(inputs: RunFileInputs) {
    const { runDir } = inputs;
    const id = `${runDir.kind === "s3" ? runDir.uri : runDir.path}/${runFileName}`;
    return { id, outs: { ...recorded(inputs), sha256: inputs.manifestDigest === "" ? "" : await write(inputs) } };
}

export async function update(olds: RunFileOutputs, news: RunFileInputs): Promise<{ outs: RunFileOutputs }> {
    const isKept = news.manifestDigest === "" || !isUnwritten(olds, news);
    const sha256 = isKept ? (news.manifestDigest === "" ? "" : olds.sha256) : await write(news);
    return { outs: { ...recorded(news), sha256 } };
}

async function write(inputs: RunFileInputs): Promise<string> {
    const { trainingDigest: digest, data, job } = inputs;
    const described = JSON.parse(inputs.description) as RunDescription;
    const { experiment, directories, stack, settings, files } = described;
    const seen = await lookAtTraining(inputs, described);
    const versions = Object.fromEntries(libraries.map((name) => [name, packageJson.dependencies[name]]));
    const file: RunFile = {
        version: 1,
        experiment,
        time: new Date().toISOString(),
        tool,
        versions: { node: process.versions.node, ...versions },
        model: seen.model,
        training: { ...described.training, digest, ...seen.training, ...(job && { job }) },
        ...(seen.code && { code: seen.code }),
        data,
        directories,
        stack,
        settings,
        files,
    };
    const text = `${JSON.stringify(file, undefined, 1)}\n`;
    await writeRunFile(inputs, text);
    return digestOf(text);
}

function digestOf(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

/** One that is gone, or was edited, is written again by the next update. */
export async function read(id: string, props: RunFileOutputs): Promise<{ id: string; props: RunFileOutputs }> {
    const text = props.sha256 === "" ? undefined : await readRunFile(props);
    const isIntact = text !== undefined && digestOf(text) === props.sha256;
    return { id, props: { ...recorded(props), sha256: isIntact ? props.sha256 : "" } };
}

export async function remove(props: RunFileOutputs): Promise<void> {
    if (props.artifacts === "delete") {
        await removeRunFile(props);
    }
}
