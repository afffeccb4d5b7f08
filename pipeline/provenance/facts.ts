// What can be seen of a training once it has ended; what cannot is left out, as a model is not lost for it.
import path from "node:path";
import { openWorkTree } from "../revision/git.ts";
import { manifestDigest } from "../stage/manifest.ts";
import { recordFile } from "../stage/paths.ts";
import { readRecord } from "../stage/records.ts";
import { connect } from "../training/cluster.ts";
import type { Pod } from "../training/clusterObjects.ts";
import { findManifest } from "../training/model.ts";
import { newest } from "../training/pods.ts";
import type { TrainingManifest } from "../training/state.ts";
import type { RunDescription, RunFile } from "./runFile.ts";
import type { RunFileInputs } from "./state.ts";

type Facts = Pick<RunFile, "model" | "code"> & {
    readonly training: Pick<
        RunFile["training"],
        "finished" | "seconds" | "adopted" | "imageDigest" | "pod" | "packages"
    >;
};

/** @throws Error when there is no such model */
export async function lookAtTraining(inputs: RunFileInputs, described: RunDescription): Promise<Facts> {
    const { runDir } = inputs;
    const { manifest, seconds, mtimes } = await findTraining(inputs);
    const entry = manifest.artefacts.find(({ name }) => name === "model.pt");
    const folder = runDir.kind === "s3" ? runDir.uri : runDir.path;
    const code = await findCode(inputs, described);
    return {
        model: {
            uri: `${folder}/model.pt`,
            manifestDigest: manifestDigest(manifest),
            ...(entry && { sha256: entry.sha256, bytes: entry.size }),
        },
        training: {
            finished: manifest.time,
            ...(seconds !== undefined && { seconds }),
            ...(described.stack.adoptExisting &&
                isOlder(mtimes?.["model.pt"], manifest.time, seconds) && { adopted: true }),
            ...(manifest.packages && { packages: { ...manifest.packages } }),
            ...(await lookAtPod(inputs)),
        },
        ...(code && { code }),
    };
}

/** Whether a model was there before the task that ended then, after so many seconds, had begun. */
function isOlder(modified: number | undefined, finished: string, seconds = 0): boolean {
    return modified !== undefined && modified < Date.parse(finished) - seconds * 1000 - clockToleranceMs;
}

/** Of a file server, whose clock the time of a file is from; and what it took to hash the files. */
const clockToleranceMs = 60_000;

/** A training here leaves a record, one on a cluster a manifest beside its model. */
async function findTraining(
    inputs: RunFileInputs,
): Promise<{ manifest: TrainingManifest; seconds?: number | undefined; mtimes?: Readonly<Record<string, number>> }> {
    const { runDir, directory } = inputs;
    if (runDir.kind === "s3") {
        const manifest = await findManifest({ ...inputs, runDir });
        if (manifest === undefined) {
            throw new Error(`${runDir.uri} holds no whole model of this training any more; run refresh, then up`);
        }
        return { manifest, seconds: manifest.seconds };
    }
    const record = await readRecord(recordFile(directory, "TrainLocal"));
    if (record === undefined || manifestDigest(record.manifest) !== inputs.manifestDigest) {
        throw new Error(`${directory} has no record of the training in ${runDir.path} any more; run refresh, then up`);
    }
    return record;
}

async function findCode(
    { commit }: RunFileInputs,
    { code, training, stack }: RunDescription,
): Promise<RunFile["code"] | undefined> {
    if (training.where === "remote") {
        return commit === undefined ? undefined : { ...code, commit };
    }
    const { AFRAME_REPO: repository } = stack.environment;
    return repository === undefined ? undefined : lookAtCheckout(path.resolve(repository)).catch(() => undefined);
}

async function lookAtCheckout(checkout: string): Promise<NonNullable<RunFile["code"]>> {
    const git = openWorkTree(checkout);
    const [commit, status] = [await git.revparse(["HEAD"]), await git.raw(["status", "--porcelain"])];
    return { commit: commit.trim(), checkout, modified: status.trim() !== "" };
}

async function lookAtPod({ job }: RunFileInputs): Promise<Pick<Facts["training"], "imageDigest" | "pod">> {
    try {
        const { pods } = job ? await connect(job.context, job).snapshot() : { pods: [] };
        const pod = pods.find(({ status }) => status?.phase === "Succeeded") ?? newest(pods);
        return pod ? describePod(pod) : {};
    } catch {
        return {};
    }
}

function describePod({ metadata, spec, status }: Pod): Pick<Facts["training"], "imageDigest" | "pod"> {
    const { name } = metadata ?? {};
    const container = status?.containerStatuses?.find((one) => one.name === "train");
    const digest = /sha256:[0-9a-f]{64}/.exec(container?.imageID ?? "")?.[0];
    const node = spec?.nodeName;
    return {
        ...(digest !== undefined && { imageDigest: digest }),
        ...(name !== undefined && { pod: { name, ...(node !== undefined && { node }) } }),
    };
}
