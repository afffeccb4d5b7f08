// An effect in a few words, for the reference page.
import { trainStage } from "../../pipeline/training/state.ts";
import { type Effect, nothing, type Where } from "./effect.ts";
import { stepsOf } from "./stages.ts";

/** What the edit changes, told apart by where training runs if that makes a difference. */
export function describeEffects(effectIn: (where: Where) => Effect): string {
    const [local, remote] = [describeEffect(effectIn("local"), "local"), describeEffect(effectIn("remote"), "remote")];
    if (local === remote) {
        return local;
    }
    const told = [
        ...(isQuiet(effectIn("local")) ? [] : [`local: ${local}`]),
        ...(isQuiet(effectIn("remote")) ? [] : [`remote: ${remote}`]),
    ];
    return told.join("; ") || "nothing runs";
}

export function describeEffect(effect: Effect, where: Where): string {
    const { runs, sends, notes, updates, replaces, toggles } = effect;
    if (isQuiet(effect)) {
        return sameNames(effect, nothing) ? "nothing" : "nothing runs";
    }
    const others = replaces.filter((part) => part !== "training Job");
    const updated = updates.filter((part) => part !== "resolved.cfg");
    const newJob = replaces.includes("training Job") && !runs.includes(trainStage);
    const phrases = [
        runs.length > 0 && `runs ${stepNames(runs, where)}`,
        newJob && "a new Job",
        sends.length > 0 && `sends what ${stepNames(sends, where)} made`,
        toggles.length > 0 && `makes or removes ${toggles.join(", ")}`,
        others.length > 0 && `replaces ${others.join(", ")}`,
        updated.length > 0 && `updates ${updated.join(", ")}`,
    ].filter((phrase) => phrase !== false);
    return phrases.length === 0 && notes.length > 0 ? "is recorded" : phrases.join(", ");
}

/** Nothing but the cfg for the next run of something is another one. */
function isQuiet({ updates, ...rest }: Effect): boolean {
    return sameNames({ ...rest, updates: updates.filter((part) => part !== "resolved.cfg") }, nothing);
}

function sameNames(one: Effect, other: Effect): boolean {
    return JSON.stringify(Object.values(one).flat()) === JSON.stringify(Object.values(other).flat());
}

/** In the order in which they run; the training is called so wherever it is. */
function stepNames(names: readonly string[], where: Where): string {
    const nameOf = (name: string) => (name === trainStage || name === "TrainLocal" ? "training" : name);
    const steps = stepsOf(where).map(({ name }) => name);
    const others = steps.filter((name) => !names.includes(name)).map(nameOf);
    if (others.length > 1) {
        return steps
            .filter((name) => names.includes(name))
            .map(nameOf)
            .join(", ");
    }
    return ["all stages", ...others].join(" but ");
}
