// Bytes, rates, resources and costs.
import type { ExperimentReport, Resources, Transfer } from "../../model/report.ts";
import { type Html, html } from "../html.ts";
import { facts, table } from "../parts.ts";
import { bytes, duration, number } from "../words.ts";

export function amounts({ costs, transfers, stages }: ExperimentReport): Html {
    const made = stages.filter(({ bytes: size }) => size !== undefined);
    return html`${facts([
        ["Made", `${bytes(costs.bytes)} in ${made.reduce((sum, { files = 0 }) => sum + files, 0)} files`],
        ["Busy", duration(costs.busySeconds)],
        ["GPU hours", costs.gpuHours === undefined ? undefined : number(costs.gpuHours)],
    ])}
${table(
    "What each stage made",
    ["Stage", "Files", "Size", "Where"],
    made.map(({ name, files, bytes: size, place }) => [name, files, bytes(size), place]),
)}
${transfers.length > 0 && transferTable(transfers)}`;
}

function transferTable(transfers: readonly Transfer[]): Html {
    const rows = transfers.map(({ what, bytes: size, seconds }) => [
        what,
        bytes(size),
        duration(seconds),
        rateOf(size, seconds),
    ]);
    return html`<h3>Transfers</h3>${table("Bytes that travelled", ["What", "Size", "Took", "Rate"], rows)}
<p class="hint">Sent once the stage had ended, until its manifest was on S3, whose clock has whole seconds.</p>`;
}

/** Below two seconds the clocks say more than the network. */
function rateOf(size: number, seconds: number | undefined): string {
    return seconds === undefined || seconds < 2 ? "" : `about ${bytes(size / seconds)}/s`;
}

export function resources({ containers, note }: Resources): Html {
    const names = [
        ...new Set(containers.flatMap(({ asked, used = {} }) => [...Object.keys(asked), ...Object.keys(used)])),
    ];
    const rows = containers.flatMap(({ container, asked, used }) =>
        names
            .filter((name) => asked[name] !== undefined || used?.[name] !== undefined)
            .map((name) => [container, name, asked[name], used?.[name] ?? "not measured"]),
    );
    return html`${table("Resources of the training pod", ["Container", "Resource", "Asked for", "Used"], rows)}<p class="hint">${note}</p>`;
}
