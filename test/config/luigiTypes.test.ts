// Texts become the values that luigi's own parameters make of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { ConfigError } from "../../config/errors.ts";
import type { ValueType } from "../../config/keys/known.ts";
import { parseValue } from "../../config/values.ts";
import { RealLaw } from "./realLaw.ts";

/** Generated texts of each type. */
const runs = 2000;

let law: RealLaw;
before(() => {
    law = new RealLaw();
});
after(() => {
    law.stop();
});

interface Row {
    readonly type: ValueType;
    readonly parameter: string;
    readonly characters: string;
    readonly examples: readonly string[];
}

const rows: readonly Row[] = [
    {
        type: "int",
        parameter: "IntParameter",
        characters: "0123456789_+-.e x",
        examples: ["4", "500_000", "-1", "+007", "", "4.0", "4 # note", "1__0", "_1", "1_", "four", "0x10", "1e3"],
    },
    {
        type: "float",
        parameter: "FloatParameter",
        characters: "0123456789_+-.eE naif",
        examples: ["4", "1.5", "2e3", "1_0.5", ".5", "5.", "", "1,5", "0x10", "1e1_0", "nan", "-inf", "1e999", "1._5"],
    },
    {
        type: "optionalFloat",
        parameter: "OptionalFloatParameter",
        characters: "0123456789_+-.eE",
        examples: ["", "2.5", "None", "null", "none"],
    },
    {
        type: "bool",
        parameter: "BoolParameter",
        characters: "truefalsTRUEFALS01 ",
        examples: ["True", "FALSE", "true", "1", "yes", "", "on", "0", "truefalse"],
    },
    {
        type: "stringList",
        parameter: "ListParameter",
        characters: '"HL1,[] \\',
        examples: ['["H1", "L1"]', "[]", "H1,L1", "['H1']", '["H1",]', "[", '["\\u0041"]', '[ "a",\n"b" ]'],
    },
];

/** Whether a task can use what luigi makes of the text; this program refuses the rest. */
function isOfUse(type: ValueType, text: string, value: unknown): boolean {
    if (type === "stringList") {
        // For luigi a text is a list of its letters.
        return !text.startsWith('"') && Array.isArray(value) && value.every((item) => typeof item === "string");
    }
    if (type === "bool" || value === null) {
        return true;
    }
    return typeof value === "number" && (type !== "int" || Number.isSafeInteger(value));
}

for (const { type, parameter, characters, examples } of rows) {
    test(`a text is the ${type} that luigi makes of it, or none`, async () => {
        // Values stand in a file, where blanks around them are no part of them.
        const text = fc
            .string({ unit: fc.constantFrom(...characters.split("")), maxLength: 9 })
            .map((one) => one.trim());
        const texts = [...examples, ...fc.sample(text, runs)];
        const answers = await law.parse(parameter, texts);
        let read = 0;
        for (const [index, given] of texts.entries()) {
            const { value, error } = answers[index] ?? {};
            const ours = readOurs(given, type);
            const note = `${JSON.stringify(given)}: ${error ?? JSON.stringify(value)}`;
            if (ours !== undefined) {
                read += 1;
                assert.equal(error, undefined, note);
                assert.deepEqual(ours.value ?? null, value, note);
            } else {
                assert.ok(error !== undefined || !isOfUse(type, given, value), note);
            }
        }
        assert.ok(read > 2, `only ${read} of ${texts.length} were right`);
    });
}

/** Undefined when the text is refused. */
function readOurs(text: string, type: ValueType): { readonly value: unknown } | undefined {
    try {
        return { value: parseValue(text, type) };
    } catch (error) {
        if (error instanceof ConfigError) return undefined;
        throw error;
    }
}
