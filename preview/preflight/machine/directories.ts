// The directories of an experiment on this machine: what decides them, and what is still to be put into them.
import { localDirectories } from "../../../components/experimentDirectories.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { type JudgedStage, judgeStages } from "../../forecast/stages.ts";
import { type Place, placeOfStackKey, placeOfValue } from "../../places.ts";

export interface LocalDirectory {
    /** In words, for messages. */
    readonly what: string;
    /** Absolute. */
    readonly path: string;
    readonly place: Place;
    /** The stages that will make something in it. */
    readonly stages: readonly JudgedStage[];
}

type Role = keyof ExperimentSettings["directories"];

const roles: readonly { readonly role: Role; readonly what: string; readonly key: string }[] = [
    { role: "trainData", what: "training data", key: "train_datadir" },
    { role: "testData", what: "test data", key: "test_datadir" },
    { role: "run", what: "the training run", key: "train_rundir" },
    { role: "results", what: "results", key: "results_dir" },
    { role: "condor", what: "HTCondor's files", key: "condor_dir" },
    { role: "tmp", what: "temporary files", key: "tmp_dir" },
];

export async function directoriesOf(settings: ExperimentSettings): Promise<LocalDirectory[]> {
    const stages = await judgeStages(settings);
    const running = stages.filter(({ verdict, local }) => local && verdict.kind === "runs");
    const paths = localDirectories(settings);
    return roles.map(({ role, what, key }) => ({
        what,
        path: paths[role],
        place: placeOfDirectory(settings, role, key),
        stages: running.filter(({ root }) => root === role),
    }));
}

/** The mirror of a directory on S3 is where the experiment is. */
function placeOfDirectory(settings: ExperimentSettings, role: Role, key: string): Place {
    if (settings.directories[role].kind === "s3") {
        return placeOfStackKey(settings.stack, "directory");
    }
    // Its section and key are upstream's, not the user's.
    const { section: _section, key: _key, ...place } = placeOfValue(settings, "luigi_paths", key);
    return place;
}
