// Whether a training on the cluster will run, and why.
import { digestOfTraining, planTraining } from "../../components/trainingPlan.ts";
import { ConfigError } from "../../config/errors.ts";
import type { ExperimentSettings, RemoteTraining } from "../../config/settings.ts";
import type { TrainingRecord } from "../../pipeline/training/record.ts";
import { type Artefacts, upToDate, type Verdict } from "./verdict.ts";

/** @param data - what the training will find of each stage that makes training data */
export function judgeTraining(
    settings: ExperimentSettings,
    record: TrainingRecord | undefined,
    data: ReadonlyMap<string, Artefacts>,
): Verdict {
    const fresh = [...data].filter(([, { kind }]) => kind === "new").map(([name]) => name);
    if (record === undefined) {
        return runs(settings, "never run here");
    }
    if (fresh.length > 0) {
        return runs(settings, `new files from ${fresh.join(", ")}`);
    }
    const commit = commitOf(settings, record);
    if (digestOf(settings, commit, data) !== record.manifest.settingsDigest) {
        return runs(settings, "its settings, code or data changed");
    }
    return upToDate(record, commit === "" ? "" : `with commit ${commit.slice(0, 7)}`);
}

function runs({ stack }: ExperimentSettings, reason: string): Verdict {
    return { kind: "runs", reason, gives: { kind: stack.wait ? "new" : "later" } };
}

/** A branch or a tag stays pinned in the state to the commit that trained, as long as it is not another one. */
function commitOf({ training }: ExperimentSettings, { manifest }: TrainingRecord): string {
    if (training.where === "local" || training.git === undefined) {
        return "";
    }
    const { ref } = training.git;
    return /^[0-9a-f]{40}$/.test(ref) ? ref : (manifest.commit ?? "");
}

/** Undefined when the settings do not make a training; why is reported elsewhere. */
function digestOf(
    settings: ExperimentSettings,
    commit: string,
    data: ReadonlyMap<string, Artefacts>,
): string | undefined {
    const { git: _git, ...training } = settings.training as RemoteTraining;
    try {
        // Without git no key is looked for; of the code, the commit alone counts.
        const plan = planTraining({ ...settings, training }, []);
        const digests = [...data].map(([name, found]) => [name, found.kind === "there" ? found.digest : ""] as const);
        return plan && digestOfTraining(plan, commit, Object.fromEntries(digests));
    } catch (error) {
        if (error instanceof ConfigError) {
            return undefined;
        }
        throw error;
    }
}
