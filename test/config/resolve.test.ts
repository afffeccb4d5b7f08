// Variables, percent signs and references of values.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are law's variables
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIni } from "../../config/ini.ts";
import { type CfgSections, resolve } from "../../config/resolve.ts";
import { linesOf } from "./sample.ts";

const environment = { HOME: "/home/somebody/", A: "one", EMPTY: "" };

function sectionsOf(text: string): CfgSections {
    const { sections, problems } = parseIni(Buffer.from(text), "a.cfg");
    assert.deepEqual(problems, []);
    return new Map(
        [...sections].map(([section, values]) => [
            section,
            new Map([...values].map(([key, { text: value, line }]) => [key, { text: value, origin: at(line) }])),
        ]),
    );
}

const at = (line: number) => ({ kind: "file", file: "a.cfg", line }) as const;

const resolveText = (text: string, section = "s", key = "k") => resolve(sectionsOf(text), section, key, environment);

const expansions: readonly (readonly [text: string, value: string, unset?: readonly string[]])[] = [
    ["$A", "one"],
    ["${A}x", "onex"],
    ["$Ax", "$Ax", ["Ax"]],
    ["$A/$NONE/${NO}", "one/$NONE/${NO}", ["NONE", "NO"]],
    ["$EMPTY", ""],
    ["\\$A", "$A"],
    ["~", "/home/somebody"],
    ["~/x", "/home/somebody/x"],
    ["\\~/x", "~/x"],
    ["a~/x", "a~/x"],
    ["~other/x", "~other/x"],
    ["100%%", "100%"],
    ["constructor $constructor", "constructor $constructor", ["constructor"]],
];

for (const [text, value, unset = []] of expansions) {
    test(`${text} is read as ${JSON.stringify(value)}`, () => {
        const found = resolveText(`[s]\nk = ${text}`);
        assert.equal(found.value, value);
        assert.deepEqual(found.unset, unset);
    });
}

test("a reference stands for a value of its own section or of another one, over any number of steps", () => {
    const found = resolveText("[s]\nk = &::a\na = &::t::b\n[t]\nb = &::c\nc = $A");
    assert.deepEqual(found, {
        section: "t",
        key: "c",
        value: "one",
        origin: at(6),
        via: ["s::a", "t::b", "t::c"],
        unset: [],
    });
});

test("only a whole value is a reference", () => {
    assert.equal(resolveText("[s]\nk = x &::a\na = 1").value, "x &::a");
    assert.equal(resolveText("[s]\nk = &::a\n  more\na = 1").value, "&::a\nmore");
});

test("a variable may hold a reference's section", () => {
    assert.equal(resolveText("[s]\nk = &::$A::a\n[one]\na = 1").value, "1");
});

const mistakes: readonly (readonly [text: string, message: string])[] = [
    ["[s]\nk = &::none", "a.cfg:2: [s] k: refers to s::none, which does not exist"],
    ["[s]\nk = &::t::a", "a.cfg:2: [s] k: refers to t::a, which does not exist"],
    ["[s]\nk = &::t::a\n[t]\na = &::b", "a.cfg:4: [t] a: refers to t::b, which does not exist (s::k -> t::a -> t::b)"],
    ["[s]\nk = &::k", "a.cfg:2: [s] k: circular reference s::k -> s::k (give one of them a value of its own)"],
    [
        "[s]\nk = &::a\na = &::t::b\n[t]\nb = &::s::a",
        "a.cfg:5: [s] k: circular reference s::k -> s::a -> t::b -> s::a (give one of them a value of its own)",
    ],
    ["[s]\nk = 50%", "a.cfg:2: [s] k: holds a single % (write %%)"],
    ["[s]\nk = %%%", "a.cfg:2: [s] k: holds a single % (write %%)"],
    ["[s]\nk = %(a)s", "a.cfg:2: [s] k: %(a)s is not supported (write &::a as the whole value)"],
];

for (const [text, message] of mistakes) {
    test(`a mistake is named with its line: ${message}`, () => {
        assert.deepEqual(
            linesOf(() => resolveText(text)),
            [message],
        );
    });
}

test("what luigi cannot hold is refused in its sections, wherever it comes from", () => {
    assert.deepEqual(
        linesOf(() => resolveText("[luigi_T]\nk = &::s::p\n[s]\np = 50%%", "luigi_T")),
        ["a.cfg:4: [s] p: holds a %, which luigi cannot read in this section"],
    );
    assert.deepEqual(
        linesOf(() => resolveText("[luigi_T]\nk = ${NONE}", "luigi_T")),
        ["a.cfg:2: [luigi_T] k: uses ${NONE}, which is not set (set NONE in the stack's environment map)"],
    );
    assert.deepEqual(
        linesOf(() => resolveText("[luigi_T]\nk = \\${A}", "luigi_T")),
        ["a.cfg:2: [luigi_T] k: holds ${A}, which luigi cannot read in this section"],
    );
});
