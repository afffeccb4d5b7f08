// The grammar of cfg files, and the message for each way to break it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "../../config/errors.ts";
import { parseIni } from "../../config/ini.ts";

function valuesOf(text: string | Uint8Array): Record<string, Record<string, string>> {
    const { sections, problems } = parseIni(Buffer.from(text), "a.cfg");
    assert.deepEqual(problems, []);
    return Object.fromEntries(
        [...sections].map(([section, values]) => [
            section,
            Object.fromEntries([...values].map(([key, { text: value }]) => [key, value])),
        ]),
    );
}

const readings: readonly (readonly [title: string, text: string, value: string])[] = [
    ["a comment after blanks is dropped", "k = 4 # note", "4"],
    ["a comment may start with a semicolon", "k = 4\t; note", "4"],
    ["a comment needs a blank before it", "k = abc#def;ghi", "abc#def;ghi"],
    ["a value may be only a comment", "k = # note", ""],
    ["a colon separates too", "k: v", "v"],
    ["the first separator counts", "k = a:b=c", "a:b=c"],
    ["quotes are kept", 'k = "q"', '"q"'],
    ["single quotes are kept", "k = 'q'", "'q'"],
    ["true stays text", "k = true", "true"],
    ["null stays text", "k = null", "null"],
    ["backslashes are kept", "k = a\\;b\\\\", "a\\;b\\\\"],
    ["an empty value is empty", "k =", ""],
    ["blanks around a value are dropped", "k =   v  ", "v"],
    ["indented lines continue a value", 'k = ["H1",\n  "L1"]', '["H1",\n"L1"]'],
    ["a blank line may stand inside a value", "k = a\n\n  b", "a\n\nb"],
    ["blank lines after a value are not part of it", "k = a\n\n\nl = b", "a"],
    ["a comment line may stand inside a value", "k = a\n# note\n  b", "a\nb"],
    ["comments of continuation lines are dropped", "k = a # one\n  b # two", "a\nb"],
    ["line separators of other alphabets do not end a line", "k = a\u2028b", "a\u2028b"],
    ["a value may look like a section", "k = [35, 20]", "[35, 20]"],
    ["lines may end with CRLF", "k = v\r\nl = w\r\n", "v"],
    ["lines may end with CR", "k = v\rl = w\r", "v"],
];

for (const [title, text, value] of readings) {
    test(`${title}: ${JSON.stringify(text)}`, () => {
        assert.equal(valuesOf(`[s]\n${text}`).s?.k, value);
    });
}

test("keys keep their case and sections their dots", () => {
    assert.deepEqual(valuesOf("[a.b]\nTb = 1\ntb = 2\n[a]\nb = 3\n[constructor]\nconstructor = 4"), {
        "a.b": { Tb: "1", tb: "2" },
        a: { b: "3" },
        constructor: { constructor: "4" },
    });
});

test("a byte order mark at the start is dropped", () => {
    assert.deepEqual(valuesOf("\uFEFF[s]\nk = v"), { s: { k: "v" } });
});

test("a section may be empty, and so may a file", () => {
    assert.deepEqual(valuesOf("[s]"), { s: {} });
    assert.deepEqual(valuesOf(""), {});
});

test("each value knows its line, counted in any kind of line ends", () => {
    const { sections } = parseIni(Buffer.from("# one\r\n[s]\r\n\r\nk = a\r\n  b\r\nl = c"), "a.cfg");
    assert.equal(sections.get("s")?.get("k")?.line, 4);
    assert.equal(sections.get("s")?.get("l")?.line, 6);
});

const mistakes: readonly (readonly [text: string | Uint8Array, message: string])[] = [
    ["[s]\nk = 1\nk = 2", "a.cfg:3: [s] k: duplicate key, first at line 2 (keep one of them)"],
    ["[s]\n[t]\n[s]", "a.cfg:3: [s]: duplicate section, first at line 1 (keep one of them)"],
    ["[s]\nk[] = x", 'a.cfg:2: "[" cannot stand in a key (letters, digits, _ . - and no spaces)'],
    ["[s]\na b = x", 'a.cfg:2: " " cannot stand in a key (letters, digits, _ . - and no spaces)'],
    ["[s]\nword", 'a.cfg:2: the line is not "key = value" (write "word =" for the default)'],
    ["k = v", "a.cfg:1: the line stands before the first section (start with a [section])"],
    ["[s\nk = v", 'a.cfg:1: "[s" is not a section header (write [name] alone on the line)'],
    ["[s] x\nk = v", 'a.cfg:1: "[s] x" is not a section header (write [name] alone on the line)'],
    ["[ s ]\nk = v", 'a.cfg:1: " s " is not a section name (letters, digits, _ . - and no spaces)'],
    ["[]\nk = v", 'a.cfg:1: "" is not a section name (letters, digits, _ . - and no spaces)'],
    ["[__proto__]\nk = v", 'a.cfg:1: "__proto__" is not a section name (letters, digits, _ . - and no spaces)'],
    ["[DEFAULT]\nk = v", "a.cfg:1: a [DEFAULT] section is not supported (use [luigi_base] and &::luigi_base::key)"],
    ["[s]\nk = a\u0000b", "a.cfg:2: the line holds the control character U+0000 (remove it)"],
    ["[s]\nk = a\u001bb", "a.cfg:2: the line holds the control character U+001B (remove it)"],
    [
        `[s]\nk = ${"x".repeat(1_000_000)}`,
        "a.cfg:2: the line has 1000004 characters; at most 65536 are read (a value may go on in indented lines)",
    ],
    [Uint8Array.of(0x5b, 0x73, 0x5d, 0x0a, 0xff, 0xfe), "a.cfg: is not UTF-8 text (save it as UTF-8)"],
];

for (const [text, message] of mistakes) {
    test(`a mistake is named with its line: ${message.slice(0, 100)}`, () => {
        assert.equal(new ConfigError(parseIni(Buffer.from(text), "a.cfg").problems).message, message);
    });
}

test("all mistakes of a file are reported", () => {
    const { problems } = parseIni(Buffer.from("x = 1\n[s]\nk = 1\nk = 2\n!\n[s]"), "a.cfg");
    assert.deepEqual(
        problems.map(({ line }) => line),
        [1, 4, 5, 6],
    );
});

test("a line that is no entry is not shown, as it may be a part of a credential", () => {
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY==";
    for (const text of [secret, `[luigi_s3]\n${secret}`, `[luigi_s3]\n${secret.replaceAll("=", "")}`]) {
        const { problems } = parseIni(Buffer.from(text), "a.cfg");
        assert.equal(problems.length, 1);
        assert.doesNotMatch(new ConfigError(problems).message, /wJalr|EXAMPLE/);
    }
});
