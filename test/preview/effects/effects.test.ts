// The effect that is told of every key of a cfg is what really changes between two declarations of an experiment.
import assert from "node:assert/strict";
import { before, describe, it, test } from "node:test";
import { digestOfTraining, planTraining } from "../../../components/trainingPlan.ts";
import { type KnownKey, knownSections } from "../../../config/defaults.ts";
import { ConfigError } from "../../../config/errors.ts";
import { renderLawConfig } from "../../../config/lawConfig.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { settingsFor, stagesOf } from "../../../pipeline/catalog.ts";
import { type Effect, merge, nothing, type Where } from "../../../preview/effects/effect.ts";
import { effectOf } from "../../../preview/effects/effects.ts";
import type { Declared } from "../../helpers/mocks.ts";
import { differenceOf, sorted } from "./difference.ts";
import { declare, type Edit, edited, knownHostsFiles, makeFiles, mergeValues } from "./liveExperiment.ts";
import { consistently, currentValue, otherValue } from "./otherValue.ts";

// Pulumi takes a stack trace with every promise that it makes, and nobody reads these.
Error.stackTraceLimit = 0;

/** One edit, and what is told of it. */
interface Case {
    readonly name: string;
    readonly edit: Edit;
    readonly told: Effect;
}

/** The stack's config has no say over these, so the cfg itself is another one. */
const otherFiles: Readonly<Record<string, Edit>> = {
    "[core] inherit": { stack: { config: "inherit.cfg" } },
    "[core] extend": { stack: { config: "extend.cfg" } },
};

const decided = (known: KnownKey) => known.decidedBy !== undefined;
const editable = knownSections.filter(({ keys }) => !keys.every(decided));

before(makeFiles);

for (const where of ["local", "remote"] as const) {
    describe(`an experiment with ${where} training`, () => {
        let settings: ExperimentSettings;
        let read: ReturnType<typeof readOf>;
        let up: readonly Declared[];
        before(async () => {
            settings = edited(where, {});
            read = readOf(settings);
            up = await declare(where, {});
        });

        for (const { name: section, keys } of editable) {
            it(`changes by an edit of a key of [${section}] as is told`, async () => {
                const cases = keys
                    .filter((known) => !decided(known))
                    .map((known) => caseOf(where, settings, section, known));
                for (const { name, edit, told } of cases) {
                    const seen = differenceOfRead(read, readOf(edited(where, edit)));
                    assert.deepEqual(sorted(seen), sorted(toldOfRead(told)), name);
                }
                for (const { name, edit, told } of together(cases)) {
                    assert.deepEqual(sorted(await differenceOf(up, await declare(where, edit))), sorted(told), name);
                }
            });
        }
    });
}

function caseOf(where: Where, settings: ExperimentSettings, section: string, known: KnownKey): Case {
    const name = `[${section}] ${known.key}`;
    const other = otherValue(known, currentValue(settings, section, known.key));
    const cfg = consistently(section, known.key, other);
    const edit = otherFiles[name] ?? { cfg };
    return { name, edit, told: merge(Object.keys(cfg).map((one) => effectOf(one, known.key, where))) };
}

/** What stages, training and law are given, as the settings alone show it. */
function readOf(settings: ExperimentSettings) {
    const stages = stagesOf(settings);
    const given = new Map(stages.map((stage) => [stage.name, JSON.stringify([stage, settingsFor(stage, settings)])]));
    const plan = planTraining(settings, knownHostsFiles);
    if (plan !== undefined) {
        const commit = `${plan.code?.repository.url ?? ""} ${plan.code?.ref ?? ""}`;
        const data = stages.filter(({ root }) => root === "trainData").map(({ name }) => [name, "its digest"]);
        given.set("Train", digestOfTraining(plan, commit, Object.fromEntries(data) as Record<string, string>));
    }
    return { given, law: renderLawConfig(settings) };
}

function differenceOfRead(before: ReturnType<typeof readOf>, after: ReturnType<typeof readOf>): Effect {
    const names = new Set([...before.given.keys(), ...after.given.keys()]);
    const runs = [...names].filter((name) => before.given.get(name) !== after.given.get(name));
    return { ...nothing, runs, updates: before.law === after.law ? [] : ["resolved.cfg"] };
}

function toldOfRead({ runs, updates }: Effect): Effect {
    return { ...nothing, runs, updates: updates.filter((part) => part === "resolved.cfg") };
}

/**
 * Declaring takes long. That each edit changes what the stages and the training it is told of are given has been seen; so
 * edits of which the same is told, and no more, need one declaration, which shows that no one of them changes more.
 */
function together(cases: readonly Case[]): Case[] {
    const group = ({ name, told }: Case) => {
        const others = { ...told, replaces: told.runs.includes("Train") ? [] : told.replaces };
        const isRead = JSON.stringify(others) === JSON.stringify(toldOfRead(told));
        return isRead && !(name in otherFiles) ? JSON.stringify(sorted(told)) : name;
    };
    return [...Map.groupBy(cases, group).values()].map((same) => ({
        name: same.map(({ name }) => name).join(", "),
        edit: { ...same[0]?.edit, cfg: mergeValues(same.map(({ edit }) => edit.cfg ?? {})) },
        told: merge(same.map(({ told }) => told)),
    }));
}

test("a key that a variable decides is refused before it could change anything", () => {
    for (const { name, keys } of knownSections) {
        for (const { key, decidedBy = "" } of keys.filter(decided)) {
            for (const where of ["local", "remote"] as const) {
                assert.deepEqual(effectOf(name, key, where), nothing);
                assert.throws(
                    () => edited(where, { cfg: { [name]: { [key]: "/another/place" } } }),
                    (error) => error instanceof ConfigError && error.message.includes(decidedBy),
                );
            }
        }
    }
});

test("the same is told of a key under all its names", () => {
    const aliased = knownSections.flatMap(({ name, keys }) =>
        keys.map(({ key, aliases = [] }) => ({ name, key, aliases })),
    );
    for (const { name, key, aliases } of aliased) {
        for (const alias of aliases) {
            assert.deepEqual(effectOf(name, alias, "remote"), effectOf(name, key, "remote"), alias);
        }
    }
});

test("keys of the segment query, which the table does not list, run both stages that ask for segments", async () => {
    const edit = { cfg: { luigi_Query: { flag: "another" } } };
    const told = effectOf("luigi_Query", "flag", "local");
    assert.deepEqual(told.runs, ["FetchTrain", "FetchTest"]);
    const changed = await differenceOf(await declare("local", {}), await declare("local", edit));
    assert.deepEqual(sorted(changed), sorted(told));
});
