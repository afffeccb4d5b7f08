// What an experiment should have made and where it should be: by its configuration, and by its state if there is one.
import path from "node:path";
import { sourceOf } from "../../components/stageInputs.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { stagesOf } from "../../pipeline/catalog.ts";
import type { StageOutputs } from "../../pipeline/stage/state.ts";
import type { Job } from "../../pipeline/training/clusterObjects.ts";
import { type TrainingRunOutputs, trainStage } from "../../pipeline/training/state.ts";
import type { Subject, TrainingFacts } from "../../pipeline/verification/copy.ts";
import type { Deployment, StateResource } from "./deployment.ts";
import { stageType } from "./stages.ts";
import { jobType, trainingRunType } from "./training.ts";

export interface ExpectedArtefacts {
    /** Each after those it builds on. */
    readonly subjects: readonly Subject[];
    /** The stages that make training data. */
    readonly trainingData: readonly string[];
}

const noDeployment: Deployment = { resources: [], pending: [] };

/** @param deployment - undefined for a stack without a state: what destroy has kept is judged by manifests and records */
export function expectedArtefacts(
    settings: ExperimentSettings,
    deployment: Deployment = noDeployment,
): ExpectedArtefacts {
    const definitions = stagesOf(settings);
    const subjects = definitions.flatMap((definition) => {
        const subject = stageSubject(definition.name, sourceOf(definition, settings), settings, deployment);
        return definition.needs.includes(trainStage) ? [trainingSubject(settings, deployment), subject] : [subject];
    });
    const trainingData = definitions.filter(({ root }) => root === "trainData").map(({ name }) => name);
    return { subjects, trainingData };
}

type Place = Pick<Subject, "root" | "location">;

/** Where the state says it was made beats where an edited configuration will have it made. */
function stageSubject(
    stage: string,
    configured: Place,
    { stack }: ExperimentSettings,
    { resources, pending }: Deployment,
): Subject {
    const isThis = ({ type, inputs, outputs }: StateResource) =>
        type === stageType && { ...inputs, ...outputs }.stage === stage;
    const outputs: Partial<StageOutputs> = resources.find(isThis)?.outputs ?? {};
    const { root, target, directory, manifestDigest } = outputs;
    // One whose experiment directory has been moved since is where the configuration says.
    const isInPlace = root !== undefined && directory !== undefined && path.resolve(directory) === stack.directory;
    const { location } = isInPlace ? { location: target } : configured;
    return {
        stage,
        root: isInPlace ? root : configured.root,
        isStarted: pending.some(isThis),
        ...(location && { location }),
        ...(manifestDigest !== undefined && { expected: manifestDigest }),
    };
}

function trainingSubject(settings: ExperimentSettings, { resources, pending }: Deployment): Subject {
    const isRun = ({ type }: StateResource) => type === trainingRunType;
    const run: Partial<TrainingRunOutputs> = resources.find(isRun)?.outputs ?? {};
    const training = trainingOf(resources.find(({ type }) => type === jobType));
    const configured = sourceOf({ name: trainStage, root: "run" }, settings);
    const location = run.runDir ?? configured.location;
    // A Job that was made anew is for another training than the one whose end was seen.
    const isOfJob = training === undefined || training.digest === run.trainingDigest;
    return {
        stage: trainStage,
        root: configured.root,
        isStarted: pending.some(isRun),
        ...(location && { location }),
        ...(isOfJob && run.manifestDigest !== undefined && { expected: run.manifestDigest }),
        ...(training && { training }),
    };
}

/** The pod fetches the data whose digests it is given, and leaves the training's digest with the model. */
function trainingOf(job: StateResource | undefined): TrainingFacts | undefined {
    const { metadata, spec } = { ...job?.inputs, ...job?.outputs } as unknown as Partial<Job>;
    const { initContainers = [], containers = [] } = spec?.template.spec ?? {};
    const variables = [...initContainers, ...containers].flatMap(({ env = [] }) => env);
    const data = variables.find(({ name }) => name === "AFRAME_MANIFESTS")?.value;
    const digest = metadata?.annotations?.["aframe/training-digest"];
    return digest === undefined || data === undefined
        ? undefined
        : { digest, data: JSON.parse(data) as TrainingFacts["data"] };
}
