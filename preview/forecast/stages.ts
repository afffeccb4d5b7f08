// Each stage of an experiment, in the order of their needs: whether it will run, and what its earlier run was like.
import { stageInputs } from "../../components/stageInputs.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { type StageDefinition, stagesOf } from "../../pipeline/catalog.ts";
import { readTrainingRecord } from "../../pipeline/training/record.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import { readPast } from "./past.ts";
import { expectedSize, recordedSize, type Size } from "./sizes.ts";
import { type Artefacts, judge, type Verdict } from "./verdict.ts";

export interface JudgedStage {
    readonly name: string;
    readonly needs: readonly string[];
    readonly verdict: Verdict;
    /** The directory of its artefacts. */
    readonly root: StageDefinition["root"];
    /** Whether they are sent to S3 from here. */
    readonly uploads: boolean;
    /** Whether it runs on this machine. */
    readonly local: boolean;
    /** Of its last run. @default it has had none here */
    readonly seconds?: number;
    /** Of what it has made and keeps, or else is going to make. @default not known */
    readonly size?: Size;
}

/** The local stages, and the training on the cluster if there is one. Reads records and looks at files, no more. */
export async function judgeStages(settings: ExperimentSettings): Promise<JudgedStage[]> {
    const { directory } = settings.stack;
    const [stages, trained] = await Promise.all([
        Promise.all(stagesOf(settings).map((definition) => readStage(definition, settings))),
        settings.training.where === "remote" ? readTrainingRecord(directory) : undefined,
    ]);
    const trainingData = stages.filter(({ root }) => root === "trainData").map(({ name }) => name);
    const judged = new Map<string, JudgedStage>();
    const givenBy = (names: readonly string[]): ReadonlyMap<string, Artefacts> =>
        new Map(names.map((name) => [name, judged.get(name)?.verdict.gives ?? { kind: "new" }]));
    for (const { inputs, past, ...stage } of stages) {
        if (stage.needs.includes(trainStage)) {
            // A local training need not wait for all that a pod is made of.
            const { judgeTraining } = await import("./training.ts");
            const verdict = judgeTraining(settings, trained, givenBy(trainingData));
            // The pod measures it; a stage that has fetched the model since knows nothing of the time.
            const seconds = trained?.manifest.seconds ?? trained?.seconds;
            const place = { name: trainStage, needs: trainingData, root: "run", uploads: false, local: false } as const;
            judged.set(trainStage, { ...place, verdict, ...someSeconds(seconds) });
        }
        const verdict = judge(inputs, past, givenBy(stage.needs));
        const last = past.record ?? past.previous;
        const size = verdict.record ? recordedSize(verdict.record) : expectedSize(stage.name, inputs.settings, last);
        judged.set(stage.name, { ...stage, verdict, ...someSeconds(last?.seconds), ...(size && { size }) });
    }
    return [...judged.values()];
}

async function readStage(definition: StageDefinition, settings: ExperimentSettings) {
    const { name, needs, root } = definition;
    const inputs = stageInputs(definition, settings);
    const past = await readPast(inputs);
    return { name, needs, root, uploads: inputs.target !== undefined, local: true, inputs, past };
}

/** A stage whose artefacts came from S3 has the time of no run. */
function someSeconds(seconds = 0): Pick<JudgedStage, "seconds"> {
    return seconds > 0 ? { seconds } : {};
}
