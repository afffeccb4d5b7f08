// The transfers of all stages that this process runs, told together: live to a display, else a line each ten seconds.
import { describeProgress, Meter, type Progress } from "../transfer/progress.ts";
import { sayAs } from "./console.ts";
import {
    liveProgressVariable,
    progressLine,
    type StageProgress,
    type StagesProgress,
    travels,
} from "./progressLine.ts";

/** How progress is told. */
export interface Teller {
    readonly everyMs: number;
    readonly tell: (progress: StagesProgress) => void;
}

/** For a display that draws it. */
export const toDisplay: Teller = {
    everyMs: 250,
    tell: (progress) => {
        process.stdout.write(`${progressLine(progress)}\n`);
    },
};

/** For people who read the log. */
export const toLog: Teller = {
    everyMs: 10_000,
    tell: (progress) => {
        for (const [stage, line] of logLines(progress)) {
            sayAs(stage)(line);
        }
    },
};

/** What is told of whom; the total of more than one stage last. */
export function logLines({ stages, total }: StagesProgress): (readonly [string, string])[] {
    const lines = stages.map((one) => [one.stage, `${one.verb} ${describeProgress(one)}`] as const);
    return stages.filter(travels).length > 1 ? [...lines, ["all stages", describeProgress(total)]] : lines;
}

export class ProgressBoard {
    readonly #teller: Teller;
    readonly #clock: () => number;
    readonly #meters = new Map<Meter, Pick<StageProgress, "stage" | "verb">>();
    #ended = { planned: 0, done: 0 };
    #timer: NodeJS.Timeout | undefined;
    #isQuiet = true;

    /** @param clock - in milliseconds */
    constructor(teller: Teller, clock = () => performance.now()) {
        this.#teller = teller;
        this.#clock = clock;
    }

    /** Follows a stage's transfers until the meter is handed back. */
    begin(stage: string, verb: StageProgress["verb"]): Meter {
        const meter = new Meter(this.#clock);
        this.#meters.set(meter, { stage, verb });
        this.#timer ??= setInterval(() => {
            this.#tell();
        }, this.#teller.everyMs).unref();
        return meter;
    }

    end(meter: Meter): void {
        const of = this.#meters.get(meter);
        this.#meters.delete(meter);
        if (of && travels(of)) {
            // What failed is not going to be done any more.
            const { done } = meter.snapshot();
            this.#ended = { planned: this.#ended.planned + done, done: this.#ended.done + done };
        }
    }

    snapshot(): StagesProgress {
        const all = [...this.#meters].map(([meter, of]): StageProgress => ({ ...of, ...meter.snapshot() }));
        const total = all.filter(travels).reduce<Progress>(
            (sum, { planned, done, rate }) => ({
                planned: sum.planned + planned,
                done: sum.done + done,
                rate: sum.rate + rate,
            }),
            { ...this.#ended, rate: 0 },
        );
        // A stage that makes files may have none to send for hours.
        const busy = all.filter(({ planned, done, objects }) => done < planned || objects.length > 0);
        return { stages: busy, total };
    }

    #tell(): void {
        const progress = this.snapshot();
        // That nothing travels any more is told once.
        if (progress.stages.length > 0 || !this.#isQuiet) {
            this.#teller.tell(progress);
        }
        this.#isQuiet = progress.stages.length === 0;
        if (this.#meters.size === 0) {
            clearInterval(this.#timer);
            this.#timer = undefined;
        }
    }
}

/** Of this process. */
export const progressBoard = new ProgressBoard(process.env[liveProgressVariable] === undefined ? toLog : toDisplay);
