// What a stage is given that is known before anything runs; the rest comes from the stages before it.
import { findLawCommand } from "../config/lawCommand.ts";
import type { ExperimentSettings, Location } from "../config/settings.ts";
import { type StageDefinition, settingsFor } from "../pipeline/catalog.ts";
import type { StageInputs, StageSource } from "../pipeline/stage/state.ts";
import { lawEnvironment, localDirectories } from "./experimentDirectories.ts";

/** All that decides what a stage makes but the artefacts it reads and the credentials it uses. */
export function stageInputs(
    definition: StageDefinition,
    settings: ExperimentSettings,
): Omit<StageInputs, "inputs" | "sources" | "s3" | "secretEnvironment"> {
    const { stack } = settings;
    const { root, location } = sourceOf(definition, settings);
    return {
        stage: definition.name,
        experiment: stack.name,
        directory: stack.directory,
        command: [...findLawCommand(stack), "run", definition.task, ...definition.flags(settings)],
        environment: lawEnvironment(settings),
        settings: settingsFor(definition, settings),
        root,
        produces: definition.produces,
        scratch: definition.scratch,
        ...(location !== undefined && { target: location }),
        adoptExisting: stack.adoptExisting,
        artifacts: stack.artifacts,
        workers: stack.workers,
    };
}

/** Where a stage's artefacts are. */
export function sourceOf(
    { name, root }: Pick<StageDefinition, "name" | "root">,
    settings: ExperimentSettings,
): StageSource {
    const remote: Readonly<Record<string, Location>> = {
        trainData: settings.directories.trainData,
        run: settings.directories.run,
    };
    const location = remote[root];
    return {
        stage: name,
        root: localDirectories(settings)[root],
        ...(location?.kind === "s3" && { location }),
    };
}
