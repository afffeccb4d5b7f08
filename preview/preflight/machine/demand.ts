// How much the stages of an experiment are still going to write on this machine.
import { stageInputs } from "../../../components/stageInputs.ts";
import { stagesOf } from "../../../pipeline/catalog.ts";
import { settingsDigest } from "../../../pipeline/stage/digest.ts";
import { clientFor } from "../../../pipeline/transfer/client.ts";
import { fetchManifest } from "../../../pipeline/transfer/manifestObject.ts";
import type { JudgedStage } from "../../forecast/stages.ts";
import type { Subject } from "../check.ts";
import type { LocalDirectory } from "./directories.ts";

/** What is going to be written, as far as that can be told before. */
export interface Demand {
    /** In words: `training data and test data`. */
    readonly what: string;
    readonly leastBytes: number;
    readonly mostBytes: number;
}

export function demandOf(directories: readonly LocalDirectory[]): Demand {
    const filled = directories.filter(({ stages }) => sumOf(stages, mostBytes) > 0);
    const stages = filled.flatMap((directory) => directory.stages);
    return {
        what: filled.map(({ what }) => what).join(" and "),
        leastBytes: sumOf(stages, leastBytes),
        mostBytes: sumOf(stages, mostBytes),
    };
}

function sumOf(stages: readonly JudgedStage[], bytes: (stage: JudgedStage) => number): number {
    return stages.reduce((sum, stage) => sum + bytes(stage), 0);
}

function mostBytes({ size }: JudgedStage): number {
    return size?.bytes ?? 0;
}

/** Detectors do not observe all the time: together for some 60 % of it in their third run, O3. */
function leastBytes(stage: JudgedStage): number {
    const isGuess = stage.name.startsWith("Fetch") && stage.seconds === undefined;
    return mostBytes(stage) * (isGuess ? 0.5 : 1);
}

/** Without the stages whose artefacts are on S3 already, made by the same settings. */
export async function withoutSent(
    directories: readonly LocalDirectory[],
    subject: Subject,
    signal: AbortSignal,
): Promise<LocalDirectory[]> {
    return Promise.all(
        directories.map(async (directory) => {
            const sent = await Promise.all(directory.stages.map((stage) => isSent(stage, subject, signal)));
            return { ...directory, stages: directory.stages.filter((_, index) => !sent[index]) };
        }),
    );
}

async function isSent({ name }: JudgedStage, { settings, s3 }: Subject, signal: AbortSignal): Promise<boolean> {
    const definition = stagesOf(settings).find((stage) => stage.name === name);
    const inputs = definition && stageInputs(definition, settings);
    if (inputs?.target === undefined) {
        return false;
    }
    try {
        const manifest = await fetchManifest(clientFor(s3), inputs.target, name, { signal, retries: 0 });
        return manifest?.settingsDigest === settingsDigest(inputs);
    } catch {
        // A server that cannot be asked is for the checks of S3 to report.
        return false;
    }
}
