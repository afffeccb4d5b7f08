// The first thing a reader wants to know: how it stands, and what to do next.
import type { Headline, StageReport, TrainingReport } from "./report.ts";

export interface HeadlineFacts {
    readonly name: string;
    readonly stages: readonly StageReport[];
    readonly training?: TrainingReport;
    /** Wrong in the configuration, so that nothing can be told of what is next. */
    readonly mistakes: readonly string[];
    /** Nothing is left of the stack but what it made. */
    readonly isDestroyed: boolean;
    /** Whether S3 or the cluster could not be looked at. */
    readonly isBlind: boolean;
}

/** What is failing beats what runs, what runs beats what is to be done. */
export function headlineOf(facts: HeadlineFacts): Headline {
    const { name, stages, training, mistakes, isDestroyed, isBlind } = facts;
    const up = `aframe up --stack ${name}`;
    const named = (state: StageReport["state"]) =>
        stages.filter((stage) => stage.state === state).map((stage) => stage.name);
    const list = (names: readonly string[]) => names.join(", ");
    const failed = named("failed");
    if (failed.length > 0)
        return { state: "failed", text: `${list(failed)} failed`, next: `Read the cause below, then ${up}` };
    if (training?.state === "failed" || training?.state === "blocked")
        return { state: "failed", text: training.reason, next: `Read the cause below, then ${up}` };
    const running = named("running");
    if (running.length > 0)
        return { state: "running", text: `${list(running)} at work`, next: "Nothing: an operation is under way" };
    if (training?.state === "training" || training?.state === "preparing")
        return { state: "running", text: training.reason, next: `${up} waits for its end and goes on` };
    if (training?.state === "waiting")
        return { state: "waiting", text: training.reason, next: `Nothing: ${up} waits for it and goes on` };
    if (mistakes.length > 0)
        return {
            state: "unknown",
            text: mistakes[0] ?? "",
            next: `Put it right; aframe check --stack ${name} tells more`,
        };
    return isDestroyed ? destroyedHeadline(stages, up) : quietHeadline(stages, up, isBlind);
}

function destroyedHeadline(stages: readonly StageReport[], up: string): Headline {
    const made = stages.filter(({ state }) => state === "made").length;
    return made === 0
        ? { state: "destroyed", text: "the stack has been destroyed", next: `${up} runs it anew` }
        : {
              state: "destroyed",
              text: `the stack has been destroyed; what ${made} of ${stages.length} stages made is kept`,
              next: `Nothing, or ${up}, which takes up what is kept`,
          };
}

function quietHeadline(stages: readonly StageReport[], up: string, isBlind: boolean): Headline {
    const made = stages.filter(({ state }) => state === "made");
    const next = stages.filter(({ verdict }) => verdict?.kind === "runs").map(({ name }) => name);
    const stopped = stages.find(({ state }) => state === "stopped");
    const damaged = stages.find(({ state }) => state === "damaged");
    if (stopped)
        return {
            state: "stopped",
            text: `${stopped.name} was stopped before its end`,
            next: `${up} goes on from there`,
        };
    if (damaged)
        return {
            state: "outdated",
            text: `files of ${damaged.name} are missing or changed`,
            next: `${up} makes them again`,
        };
    if (made.length === 0) return { state: "not run", text: "nothing has been made yet", next: `${up} runs it` };
    const progress = `${made.length} of ${stages.length} stages made`;
    if (made.length < stages.length)
        return {
            state: isBlind ? "unknown" : "stopped",
            text: progress,
            next: `${up} goes on with ${next[0] ?? "the rest"}`,
        };
    if (next.length > 0)
        return { state: "outdated", text: `${progress}; an edit came after`, next: `${up} runs ${next.join(", ")}` };
    return { state: "done", text: "all stages are made and up to date", next: "Nothing is left to do" };
}
