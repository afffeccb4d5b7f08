// The forecast in a few aligned lines for a person.
import prettyBytes from "pretty-bytes";
import prettyMs from "pretty-ms";
import { fileCount } from "../../pipeline/stage/console.ts";
import type { DataForecast, Forecast, StageForecast, TimeForecast } from "./forecast.ts";
import type { TrainingForecast } from "./pod.ts";
import type { Size } from "./sizes.ts";

/** Lines for a person. */
export function describeForecast({ training, data, stages, time }: Forecast): string[] {
    const rows: (readonly [string, string])[] = [
        ...(training ? [["Training", describeTraining(training)] as const] : []),
        ["Data", describeData(data)],
        ...listStages("Runs", stages, "runs"),
        ...listStages("Waits", stages, "waits"),
        ...listStages("Skipped", stages, "up to date"),
        ...(time.stages > 0 ? [["Time", describeTime(time)] as const] : []),
    ];
    const width = Math.max(...rows.map(([label]) => label.length)) + 2;
    return rows.map(([label, text]) => (label === "" ? "" : `${label}:`).padEnd(width) + text);
}

function describeTraining({ gpus, cpus, memoryBytes, seconds, finished }: TrainingForecast): string {
    const request = `${count(gpus, "GPU")}, ${count(cpus, "CPU")}, ${prettyBytes(memoryBytes)} memory`;
    if (finished) {
        return `${request}; has finished before and is not repeated`;
    }
    return seconds === undefined
        ? `${request}; GPU-hours unknown until one training has finished`
        : `${request}; ${((gpus * seconds) / 3600).toFixed(1)} GPU-hours if it takes ${duration(seconds)} as last time`;
}

function describeData({ upload, here, kept, stages, upToDate }: DataForecast): string {
    const amount = ({ bytes, files }: Size) => `${prettyBytes(bytes)} in ${fileCount(files)}`;
    if (upToDate === stages) {
        return `${amount(kept)}, up to date`;
    }
    const parts = [
        ...(upload.files > 0 ? [`about ${amount(upload)} to make and upload`] : []),
        ...(here.files > 0 ? [`about ${amount(here)} to make here`] : []),
    ];
    return `${parts.join(", ")} (${upToDate} of ${stages} stages up to date)`;
}

/** A line for each reason; the label stands before the first. */
function listStages(
    label: string,
    stages: readonly StageForecast[],
    verdict: StageForecast["verdict"],
): (readonly [string, string])[] {
    const byReason = new Map<string, string[]>();
    for (const { name, reason } of stages.filter((stage) => stage.verdict === verdict)) {
        byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
    }
    return [...byReason].map(([reason, names], index) => {
        const said = verdict === "up to date" ? ["up to date", reason].filter(Boolean).join(" ") : reason;
        return [index === 0 ? label : "", `${names.join(", ")} (${said})`];
    });
}

function describeTime({ seconds, stages, unknown, uncounted }: TimeForecast): string {
    if (unknown.length === stages) {
        return "unknown, as none of what runs has run here before";
    }
    const without = uncounted.length > 0 ? `, without ${uncounted.join(" and ")}` : "";
    return unknown.length === 0
        ? `about ${duration(seconds)} by earlier runs${without}`
        : `at least ${duration(seconds)} by earlier runs${without}; no earlier run of ${unknown.join(", ")}`;
}

function duration(seconds: number): string {
    return prettyMs(Math.round(seconds) * 1000, { unitCount: 2 });
}

function count(number: number, what: string): string {
    return `${number} ${what}${number === 1 ? "" : "s"}`;
}
