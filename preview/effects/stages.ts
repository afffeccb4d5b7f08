// The stages of an experiment with its training, wherever that is, and what is made out of what.
import { allStages, type StageDefinition } from "../../pipeline/catalog.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import type { Where } from "./effect.ts";

type Step = Pick<StageDefinition, "name" | "needs">;

/** In the order in which they run. */
export function stepsOf(where: Where): Step[] {
    const stages = allStages(where);
    if (where === "local") {
        return stages;
    }
    const training: Step = { name: trainStage, needs: stagesIn("trainData", where) };
    const first = stages.findIndex(({ needs }) => needs.includes(trainStage));
    return [...stages.slice(0, first), training, ...stages.slice(first)];
}

/** The stages that make something in a directory. */
export function stagesIn(root: StageDefinition["root"], where: Where): string[] {
    return allStages(where)
        .filter((stage) => stage.root === root)
        .map(({ name }) => name);
}

/** The stages that send artefacts to S3 or fetch them from there, when training is on the cluster. */
export function stagesOnS3(): string[] {
    const sending = stagesIn("trainData", "remote");
    const fetching = allStages("remote").filter(({ needs }) =>
        needs.some((name) => name === trainStage || sending.includes(name)),
    );
    return [...new Set([...sending, ...fetching.map(({ name }) => name)])];
}

/** `names` and all that is made out of what they make, in order: what runs again when they make something else. */
export function withFollowers(names: readonly string[], where: Where): string[] {
    const steps = stepsOf(where);
    const running = new Set(names);
    for (const { name, needs } of steps) {
        if (needs.some((need) => running.has(need))) {
            running.add(name);
        }
    }
    return steps.filter(({ name }) => running.has(name)).map(({ name }) => name);
}
