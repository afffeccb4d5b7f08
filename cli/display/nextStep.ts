// What to do next about an experiment, in one sentence.
import type { TrainingReport } from "../../pipeline/training/report.ts";
import type { Status } from "./status.ts";

type Words = (report: TrainingReport) => string | undefined;

/** For a training that is not over; undefined when the stages tell what is next. */
const ofTraining: Readonly<Record<TrainingReport["state"], Words>> = {
    waiting: () => "nothing: training begins as soon as the cluster has room for it; aframe up waits for it",
    preparing: () => "nothing: aframe logs -f follows it; aframe up waits for training to end",
    training: () => "aframe logs -f follows it; aframe up waits for its end, then goes on",
    blocked: () => "remove the cause that is told above; training then goes on by itself",
    failed: () => "aframe logs tells its last words; once the cause is gone, aframe refresh and aframe up train again",
    gone: () => "aframe refresh, then aframe up trains again",
    unknown: () => "look again when the cluster answers",
    succeeded: () => undefined,
};

export function nextStep({ stack, stages, training, volume }: Status): string {
    if (stages.length === 0 && training === undefined) {
        return `${stack} has not run yet, or has been destroyed: aframe up runs it`;
    }
    const about = training && ofTraining[training.report.state](training.report);
    if (about !== undefined) return about;
    const has = (...states: (typeof stages)[number]["state"][]) => stages.some(({ state }) => states.includes(state));
    if (has("started")) return "nothing while aframe up runs; if it was interrupted, aframe up goes on from there";
    if (has("damaged")) return "aframe up makes again what is damaged";
    if (has("waiting", "not begun")) return "aframe up goes on";
    return volume === undefined ? "nothing: all is done" : `nothing: all is done; the sensitive volume is in ${volume}`;
}
