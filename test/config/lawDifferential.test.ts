// This program reads cfg files as law does: real law is asked about fixtures and generated files.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { loadCfg } from "../../config/cfg.ts";
import { ConfigError, collect, type Problem } from "../../config/errors.ts";
import { resolve } from "../../config/resolve.ts";
import { cfgCase, withComments } from "./cfgCases.ts";
import { alike, refused } from "./lawAlike.ts";
import { kinder, stricter } from "./lawDifferences.ts";
import { type CfgCase, type LawAnswer, RealLaw } from "./realLaw.ts";

/** Generated cases; set AFRAME_CFG_CASES for a longer search. */
const cases = Number(process.env.AFRAME_CFG_CASES ?? 10_000);
/** Searches side by side, so that law's processes never wait for this one. Each shrinks and shows its own seed. */
const searches = 8;
const environment = { HOME: "/home/somebody", A: "one" };
const folder = "/experiment";

let law: RealLaw;
before(() => {
    law = new RealLaw(2);
});
after(() => {
    law.stop();
});

interface Ours {
    readonly sections: Record<string, Record<string, string>>;
    readonly problems: readonly Problem[];
}

/** What config/ makes of a case, without the defaults of known keys. */
function readOurs({ files, main, environment: variables }: CfgCase): Ours {
    const cfg = loadCfg(join(folder, main), variables, (path) => {
        const content = files[path.slice(folder.length + 1)];
        return content === undefined ? undefined : Buffer.from(content);
    });
    const problems = [...cfg.problems];
    const sections: Ours["sections"] = {};
    for (const [section, entries] of cfg.sections) {
        const values: Record<string, string> = {};
        for (const key of entries.keys()) {
            const found = collect(problems, {}, () => resolve(cfg.sections, section, key, variables));
            values[key] = found?.value ?? "";
        }
        // law fills [core] itself.
        if (section !== "core") {
            sections[section] = values;
        }
    }
    return { sections, problems };
}

function oneFile(text: string | Uint8Array): CfgCase {
    return { files: { "a.cfg": text }, main: "a.cfg", environment };
}

/** An inherited file that cannot be read alone stops law, whatever the child or a variable puts in its place. */
function hasBrokenParent(given: CfgCase): boolean {
    const variables = Object.entries(given.environment).filter(([name]) => !name.startsWith("LAW__"));
    const alone = { ...given, environment: Object.fromEntries(variables) };
    return Object.keys(given.files).some(
        (main) => main !== given.main && readOurs({ ...alone, main }).problems.length > 0,
    );
}

function hasByteOrderMark({ files }: CfgCase): boolean {
    return Object.values(files).some((text) => String(text).startsWith("\uFEFF"));
}

const isMissed = /^refers to \S+, which does not exist/;

function compare(given: CfgCase, ours: Ours, answer: LawAnswer): "same" | "both refuse" | "stricter" | "kinder" {
    if (ours.problems.length === 0 && answer.sections) {
        assert.deepEqual(ours.sections, answer.sections);
        return "same";
    }
    if (ours.problems.length > 0 && answer.error !== undefined) {
        return "both refuse";
    }
    if (ours.problems.length > 0) {
        const listed = ours.problems.filter(({ message }) => stricter.some((one) => one.message.test(message)));
        // What follows a header that was refused is in no section, so that it may be missed by others.
        const missed = listed.length > 0 ? ours.problems.filter(({ message }) => isMissed.test(message)) : [];
        const unexpected = ours.problems.filter((problem) => ![...listed, ...missed].includes(problem));
        assert.ok(
            unexpected.length === 0,
            `law reads what this program refuses: ${new ConfigError(unexpected).message}`,
        );
        return "stricter";
    }
    assert.ok(
        hasBrokenParent(given) || hasByteOrderMark(given),
        `this program reads what law refuses: ${answer.error ?? ""}`,
    );
    return "kinder";
}

for (const { what, files, environment: more, reads } of alike) {
    test(`law and this program read alike: ${what}`, async () => {
        const given = { files, main: "a.cfg", environment: { ...environment, T: "one", ...more } };
        assert.deepEqual(readOurs(given), { sections: reads, problems: [] });
        const answer = await law.load(given);
        assert.deepEqual(answer.sections, reads, answer.error);
    });
}

for (const { files, environment: more, law: theirs, ours } of refused) {
    test(`law and this program refuse alike: ${ours}`, async () => {
        const given = { files, main: "a.cfg", environment: { ...environment, ...more } };
        assert.equal(new ConfigError(readOurs(given).problems).message, ours);
        const { error = "no error" } = await law.load(given);
        assert.ok(error.startsWith(theirs), error);
    });
}

test("each allowed difference is real: law reads the example and this program refuses it", async () => {
    for (const { why, message, example } of stricter) {
        const ours = readOurs(oneFile(example));
        assert.ok(ours.problems.length > 0, why);
        assert.ok(
            ours.problems.every((problem) => message.test(problem.message)),
            `${why}: ${new ConfigError(ours.problems).message}`,
        );
        const answer = await law.load(oneFile(example));
        assert.ok(answer.sections, `${why}: ${answer.error ?? ""}`);
    }
});

test("each kindness is real: this program reads the example and law does not, or otherwise", async () => {
    for (const { why, example, ours, law: theirs } of kinder) {
        const found = readOurs(example);
        assert.deepEqual(found, { sections: ours, problems: [] }, why);
        const answer = await law.load(example);
        if (typeof theirs === "string") {
            assert.ok(answer.error?.startsWith(theirs), `${why}: ${JSON.stringify(answer)}`);
        } else {
            assert.deepEqual(answer.sections, theirs, why);
        }
    }
});

test(`law and this program agree on ${cases} generated files`, async (context) => {
    const counts = { same: 0, "both refuse": 0, stricter: 0, kinder: 0 };
    const agree = fc.asyncProperty(cfgCase, async (given) => {
        counts[compare(given, readOurs(given), await law.load(given))] += 1;
    });
    const numRuns = Math.ceil(cases / searches);
    const results = await Promise.allSettled(Array.from({ length: searches }, () => fc.assert(agree, { numRuns })));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason as Error;
    context.diagnostic(JSON.stringify(counts));
    assert.ok(counts.same > cases / 3, `too few of the files are right: ${JSON.stringify(counts)}`);
});

test("comments after values change nothing", () => {
    fc.assert(
        fc.property(cfgCase, (given) => {
            const files = Object.entries(given.files).map(([name, text]) => [name, withComments(String(text))]);
            const commented = readOurs({ ...given, files: Object.fromEntries(files) as CfgCase["files"] });
            const plain = readOurs(given);
            assert.equal(commented.problems.length === 0, plain.problems.length === 0);
            if (plain.problems.length === 0) {
                assert.deepEqual(commented.sections, plain.sections);
            }
        }),
        { numRuns: cases / 5 },
    );
});
