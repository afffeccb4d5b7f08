// The live table, as text after a sequence of events.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import pc from "picocolors";
import stringWidth from "string-width";
import { advance, noProgress, type Progress } from "../../../cli/display/progress.ts";
import { renderTable, type TableOptions } from "../../../cli/display/table.ts";
import type { EngineEvent } from "../../../embedded/engine/events.ts";
import type { StageProgress } from "../../../pipeline/stage/progressLine.ts";
import { failed, finished, says, started } from "./events.ts";

const plain = pc.createColors(false);
const options: TableOptions = { columns: 80, lines: 20, now: 0, planning: false, ended: false, colors: plain };

/** Each event with the milliseconds at which it comes. */
function after(...events: readonly (readonly [number, EngineEvent])[]): Progress {
    return events.reduce((progress, [now, event]) => advance(progress, event, now), noProgress);
}

function table(progress: Progress, more: Partial<TableOptions> = {}): string[] {
    return renderTable(progress, { ...options, ...more }).split("\n");
}

const tree: readonly (readonly [number, EngineEvent])[] = [
    [0, started("create", "exp", { component: true, type: "pulumi:pulumi:Stack" })],
    [0, finished(0, "create", "exp", { component: true, type: "pulumi:pulumi:Stack" })],
    [0, started("same", "experiment", { component: true, parent: "exp" })],
    [0, finished(0, "same", "experiment", { component: true, parent: "exp" })],
    [1000, started("create", "FetchTrain", { parent: "experiment" })],
    [1000, started("update", "SandboxSV", { parent: "experiment" })],
];

const background: StageProgress = {
    stage: "FetchTrain",
    verb: "sent",
    planned: 10e9,
    done: 3e9,
    rate: 100e6,
    objects: [
        { name: "background/a.hdf5", size: 2e9, done: 1e9, rate: 60e6 },
        { name: "background/bcd.hdf5", size: 500, done: 20, rate: 0 },
    ],
};
const running = { stages: [background], total: background };

describe("the live table", () => {
    it("shows resources as a tree, with what happens to each and for how long", () => {
        assert.deepEqual(table(after(...tree), { now: 4200 }), [
            "+ pulumi:pulumi:Stack exp         created",
            "    aframe:Experiment experiment  unchanged",
            "    + aframe:Stage FetchTrain     ⠹ creating 3.2 s",
            "    ~ aframe:Stage SandboxSV      ⠹ updating 3.2 s",
        ]);
    });

    it("shows the last line that a running step has said, without escape sequences", () => {
        const progress = after(...tree, [
            2000,
            says("FetchTrain", "10 %\r20 %\n\u001b[31mwaiting\u001b[0m\tfor jobs\n", true),
        ]);
        assert.match(table(progress, { now: 3000 })[2] ?? "", /creating 2\.0 s {2}waiting {4}for jobs$/);
    });

    it("forgets that line when the step has ended, and keeps the time it took", () => {
        const progress = after(
            ...tree,
            [2000, says("FetchTrain", "working", true)],
            [9000, finished(61, "create", "FetchTrain", { parent: "experiment" })],
        );
        assert.match(table(progress, { now: 99_000 })[2] ?? "", /\+ aframe:Stage FetchTrain {5}created 1 min 01 s$/);
    });

    it("marks a step that failed", () => {
        const progress = after(...tree, [
            2000,
            failed(1.5, "exit code 3", "create", "FetchTrain", { parent: "experiment" }),
        ]);
        assert.match(table(progress, { now: 3000 })[2] ?? "", /FetchTrain {5}failed 1\.5 s$/);
    });

    it("gives the reasons in a finished plan a line of their own rather than cut them", () => {
        const diffs = [{ path: "x".repeat(60), kind: "update", replaces: false }] as const;
        const progress = after([0, finished(0, "update", "SandboxSV", { diffs })]);
        assert.deepEqual(table(progress, { planning: true, ended: true, stages: new Map() }), [
            "~ aframe:Stage SandboxSV  update",
            `    (does not run; noted: ${"x".repeat(60)})`,
        ]);
    });

    it("shows below a running stage what it moves, object by object", () => {
        assert.deepEqual(table(after(...tree), { now: 4200, transfers: running }).slice(2), [
            "    + aframe:Stage FetchTrain     ⠹ creating 3.2 s",
            "        sent 3 GB of 10 GB (30 %), 100 MB/s, 1m 10s left",
            "          background/a.hdf5    1 GB of 2 GB  60 MB/s",
            "          background/bcd.hdf5  20 B of 500 B  0 B/s",
            "    ~ aframe:Stage SandboxSV      ⠹ updating 3.2 s",
        ]);
    });

    it("ends with a total when that is more than what one stage moves", () => {
        const other: StageProgress = { ...background, stage: "SandboxSV", verb: "fetched", objects: [] };
        const total = { planned: 20e9, done: 6e9, rate: 200e6 };
        const both = table(after(...tree), { transfers: { stages: [background, other], total } });
        assert.equal(both.at(-1), "total 6 GB of 20 GB (30 %), 200 MB/s, 1m 10s left");
        assert.equal(both.at(-2), "        fetched 3 GB of 10 GB (30 %), 100 MB/s, 1m 10s left");
        const later = table(after(...tree), { transfers: { stages: [background], total } });
        assert.match(later.at(-1) ?? "", /^total 6 GB of 20 GB/);
        const hashing: StageProgress = { ...other, verb: "hashed" };
        const read = table(after(...tree), { transfers: { stages: [background, hashing], total: background } });
        assert.ok(!read.some((line) => line.startsWith("total")), read.join("\n"));
    });

    it("shares the lines that are left between the transfers of all stages", () => {
        const objects = Array.from({ length: 8 }, (_, i) => ({ name: `${i}.hdf5`, size: 9, done: 1, rate: 1 }));
        const many = { ...background, objects };
        const few = { ...background, stage: "SandboxSV", objects: objects.slice(0, 1) };
        const shown = table(after(...tree), { lines: 10, transfers: { stages: [many, few], total: few } });
        assert.deepEqual(
            shown.slice(2).map((line) => line.trim().split(/ +/).slice(0, 3).join(" ")),
            [
                ...["+ aframe:Stage FetchTrain", "sent 3 GB", "0.hdf5 1 B", "… 7 more"],
                ...["~ aframe:Stage SandboxSV", "sent 3 GB", "0.hdf5 1 B", "total 3 GB"],
            ],
        );
    });

    it("shows nothing of transfers once a stage, or all, has ended", () => {
        const ended = after(...tree, [9000, finished(61, "create", "FetchTrain", { parent: "experiment" })]);
        assert.ok(!table(ended, { transfers: running }).join("\n").includes("sent"));
        assert.ok(
            !table(after(...tree), { transfers: running, ended: true })
                .join("\n")
                .includes("sent"),
        );
    });

    it("leaves out what is unchanged, but for what holds something that changes", () => {
        const progress = after(
            [0, finished(0, "same", "experiment", { component: true })],
            [0, finished(0, "same", "FetchTrain", { parent: "experiment" })],
            [0, finished(1, "create", "FetchTest", { parent: "experiment" })],
        );
        assert.deepEqual(
            table(progress).map((line) => line.trim().split(/ +/)[2] ?? line.trim().split(/ +/)[1]),
            ["unchanged", "FetchTest"],
        );
    });

    it("says that it works while there is nothing to show, and nothing when it has ended", () => {
        assert.deepEqual(table(noProgress), ["⠋ starting"]);
        const progress = after([0, finished(0, "same", "a")], [0, finished(0, "same", "b")]);
        assert.deepEqual(table(progress), ["⠋ 2 unchanged so far"]);
        assert.deepEqual(table(progress, { ended: true }), [""]);
    });

    it("shows a replacement as one thing", () => {
        const progress = after(
            [0, started("delete-replaced", "job")],
            [0, finished(2, "delete-replaced", "job")],
            [0, started("create-replacement", "job")],
            [0, finished(1, "create-replacement", "job")],
        );
        assert.deepEqual(table(progress), ["± aframe:Stage job  replaced 3.0 s"]);
    });

    it("says in a preview what would be done, and which properties change", () => {
        const diffs = [
            { path: "settings.seed", kind: "update", replaces: false },
            { path: "stage", kind: "update", replaces: true },
        ] as const;
        const progress = after([0, finished(0, "update", "FetchTrain", { diffs })]);
        assert.deepEqual(table(progress, { planning: true }), [
            "~ aframe:Stage FetchTrain  update  [settings.seed, stage (replaces)]",
        ]);
    });

    it("lets what is done make way for what runs when there are not enough lines", () => {
        const progress = after(
            ...Array.from({ length: 8 }, (_, i) => [i, finished(1, "create", `done-${i}`)] as const),
            [9, started("create", "running")],
            [9, failed(1, "no", "create", "broken")],
        );
        assert.deepEqual(table(progress, { lines: 4, now: 9 }), [
            "+ aframe:Stage done-7   created 1.0 s",
            "+ aframe:Stage running  ⠋ creating 0.0 s",
            "+ aframe:Stage broken   failed 1.0 s",
            "  … 7 more",
        ]);
    });

    it("never uses more columns or lines than there are, whatever names and messages hold", () => {
        const text = fc.string({ unit: "grapheme", maxLength: 40 });
        const event = fc
            .tuple(fc.nat(60_000), fc.constantFrom("a", "b", "c", "日本語", "e".repeat(70)), text)
            .chain(([now, name, message]) =>
                fc.constantFrom<readonly [number, EngineEvent]>(
                    [now, started("create", name, { parent: "a" })],
                    [
                        now,
                        finished(now / 1000, "update", name, {
                            parent: "b",
                            diffs: [{ path: message, kind: "add", replaces: false }],
                        }),
                    ],
                    [now, failed(1, message, "delete", name)],
                    [now, says(name, message, true)],
                ),
            );
        const transfer = fc.record({ name: text, size: fc.nat(), done: fc.nat(), rate: fc.nat() });
        const stage = fc.record({
            ...{ planned: fc.nat(), done: fc.nat(), rate: fc.nat() },
            stage: fc.constantFrom("a", "b", "日本語"),
            verb: fc.constantFrom("sent", "hashed"),
            objects: fc.array(transfer, { maxLength: 8 }),
        });
        fc.assert(
            fc.property(
                fc.array(event, { maxLength: 30 }),
                fc.array(stage, { maxLength: 3 }),
                fc.integer({ min: 10, max: 120 }),
                fc.integer({ min: 1, max: 10 }),
                (events, stages, columns, lines) => {
                    const total = { planned: 2 ** 40, done: 1, rate: 1 };
                    const transfers = { stages, total };
                    const shown = table(after(...events), { columns, lines, now: 60_000, transfers });
                    assert.ok(shown.length <= lines, `${shown.length} > ${lines}`);
                    for (const line of shown)
                        assert.ok(stringWidth(line) <= columns, `${stringWidth(line)} > ${columns}: ${line}`);
                },
            ),
        );
    });

    it("has the same text in colour", () => {
        const progress = after(...tree);
        const colored = table(progress, { colors: pc.createColors(true) });
        assert.deepEqual(
            colored.map((line) => stripVTControlCharacters(line)),
            table(progress),
        );
        assert.ok(colored.join("").includes("\u001b[32m"));
    });
});
