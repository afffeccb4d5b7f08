// The tables of the stack's own config and of the stages, from what the program goes by.
import { pathsSection } from "../config/keys/services.ts";
import { type StackConfigKey, stackConfigKeys } from "../config/stack.ts";
import { allStages } from "../pipeline/catalog.ts";
import { describeEffects } from "../preview/effects/describe.ts";
import { effectOf, stackSection } from "../preview/effects/effects.ts";
import { stackEffectKeys } from "../preview/effects/stackKeys.ts";
import { stepsOf } from "../preview/effects/stages.ts";
import { code, codes, table } from "./markdown.ts";

/** Where the effect depends on more than the key. */
const remarks: Readonly<Record<string, string>> = {
    config: "what its values change",
    settings: "what the values change",
    environment: "see [directories](#directories); other variables change the values that use them",
    kubernetes: "",
};

export function describeStackKeys(): string {
    const keys: readonly StackConfigKey[] = stackConfigKeys;
    const rows = keys.flatMap(({ name, type, default: fallback, meaning, secret }) => [
        [
            code(name),
            secret ? `${type}, secret` : type,
            fallback ?? "required",
            meaning,
            remarks[name] ?? `${effectText(name)}${name === "gpus" ? ", when their number changes" : ""}`,
        ],
        ...partsOf(name).map((part) => [code(part), "", "", "", effectText(part)]),
    ]);
    return table(["Key", "Type", "Default", "Meaning", "An edit"], rows);
}

/** Parts of a map that have an effect of their own; those of the environment have a table of their own. */
function partsOf(name: string): string[] {
    return name === "environment" ? [] : stackEffectKeys.filter((part) => part.startsWith(`${name}.`));
}

/** Which of them may be on S3, and what aframe-init makes of them. */
const contents: Readonly<Record<string, readonly [allowed: string, meaning: string]>> = {
    AFRAME_TRAIN_DATA_DIR: ["local or S3", "strain and signals to train on"],
    AFRAME_TEST_DATA_DIR: ["local", "strain and signals to test with"],
    AFRAME_TRAIN_RUN_DIR: ["local or S3", "the trained model, checkpoints and logs; on S3, training is remote"],
    AFRAME_CONDOR_DIR: ["local", "submit files and logs of HTCondor jobs"],
    AFRAME_RESULTS_DIR: ["local", "exported model, results of inference, sensitive volume"],
    AFRAME_TMPDIR: ["local", "parts that are merged"],
};

export function describeDirectories(): string {
    const rows = pathsSection.keys.map(({ decidedBy = "" }) => {
        const [allowed = "", meaning = ""] = contents[decidedBy] ?? [];
        return [code(decidedBy), allowed, meaning, effectText(`environment.${decidedBy}`)];
    });
    return table(["Variable", "Where", "What is in it", "An edit"], rows);
}

export function describeStages(): string {
    const sections = new Map(allStages("local").map(({ name, settings }) => [name, settings]));
    const rows = stepsOf("local").map(({ name, needs }) => [
        name === "TrainLocal" ? "training" : code(name),
        needs.length === 0 ? "" : needs.map((need) => (need === "TrainLocal" ? "training" : code(need))).join(", "),
        codes((sections.get(name) ?? []).map((section) => `[${section}]`)),
    ]);
    return table(["Stage", "Made out of", "Sections whose values decide"], rows);
}

function effectText(key: string): string {
    return describeEffects((where) => effectOf(stackSection, key, where));
}
