// The cases in which this program may read a cfg file differently from law, and nothing else.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are law's variables
import type { CfgCase } from "./realLaw.ts";

/** law reads it, this program refuses it, with a message of this form. */
export interface Stricter {
    readonly why: string;
    readonly message: RegExp;
    readonly example: string;
}

export const stricter: readonly Stricter[] = [
    {
        why: "a key without a value is no value for luigi and most likely a slip",
        message: /^the line is not "key = value"$/,
        example: "[plain]\nkey\n",
    },
    {
        why: "a key with other characters is no parameter of any task",
        message: /cannot stand in a key$/,
        example: "[plain]\nk[] = x\n",
    },
    {
        why: "a section with other characters is nothing that law or luigi reads",
        message: /is not a section name$/,
        example: "[ plain ]\nkey = 1\n",
    },
    {
        why: "text after a section's header would be lost without a word",
        message: /is not a section header$/,
        example: "[plain] = 1\nkey = 1\n",
    },
    {
        why: "defaults of all sections are what [luigi_base] and references are for",
        message: /^a \[DEFAULT\] section is not supported$/,
        example: "[DEFAULT]\na = 1\n[plain]\nkey = 1\n",
    },
    {
        why: "references do the same and reach other sections",
        message: /^%\(.*\)s is not supported$/,
        example: "[plain]\na = 1\nb = %(a)s\n",
    },
    {
        why: "law gives a task its marker for no value",
        message: /^circular reference /,
        example: "[plain]\na = &::b\nb = &::a\n",
    },
    {
        why: "a file that is not there is a slip; law goes on without its values",
        message: /^there is no file /,
        example: "[core]\ninherit = missing.cfg\n[plain]\nkey = 1\n",
    },
    {
        why: "newer versions of law do not read old names",
        message: /^is the old name of /,
        example: "[core]\nextend_configs = missing.cfg\n[plain]\nkey = 1\n",
    },
    {
        why: "a variable in a file name that is not set names no file",
        message: /, which (is|are) not set$/,
        example: "[core]\ninherit = $UNSET/base.cfg\n[plain]\nkey = 1\n",
    },
    {
        why: "luigi expands an escaped variable after all",
        message: /^holds \$\{[^}]+\}, which luigi cannot read in this section$/,
        example: "[luigi_A]\nkey = \\${A}\n",
    },
    {
        why: "a control character is never meant",
        message: /^the line holds the control character U\+[0-9A-F]{4}$/,
        example: "[plain]\nkey = a\u0000b\n",
    },
    {
        why: "a line that long is not a cfg file",
        message: /^the line has \d+ characters; at most 65536 are read$/,
        example: `[plain]\nkey = ${"x".repeat(1_000_000)}\n`,
    },
];

/** law refuses it, or reads something else; this program reads these values. */
export interface Kinder {
    readonly why: string;
    readonly example: CfgCase;
    readonly ours: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** What law makes of it: the start of its error, or its values. */
    readonly law: string | Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const environment = { HOME: "/home/somebody", A: "one" };

export const kinder: readonly Kinder[] = [
    {
        why: "the document's own samples have comments after values",
        example: {
            files: { "a.cfg": "[luigi_A]\ngpus = 4 # note\nname = x ; y\nurl = a#b;c\n" },
            main: "a.cfg",
            environment,
        },
        ours: { luigi_A: { gpus: "4", name: "x", url: "a#b;c" } },
        law: { luigi_A: { gpus: "4 # note", name: "x ; y", url: "a#b;c" } },
    },
    {
        why: "an editor may have written a byte order mark",
        example: { files: { "a.cfg": "\uFEFF[plain]\nkey = 1\n" }, main: "a.cfg", environment },
        ours: { plain: { key: "1" } },
        law: "MissingSectionHeaderError",
    },
    {
        why: "a reference in an inherited file may be to a value of the child",
        example: {
            files: { "a.cfg": "[core]\ninherit = b.cfg\n[plain]\na = 1\n", "b.cfg": "[plain]\nb = &::a\n" },
            main: "a.cfg",
            environment,
        },
        ours: { plain: { a: "1", b: "1" } },
        law: "NoOptionError",
    },
    {
        why: "a home folder may be meant in any part of a list of files",
        example: {
            files: {
                "a.cfg": "[core]\ninherit = b.cfg, ~/c.cfg\n",
                "b.cfg": "[plain]\nb = 1\n",
                "c.cfg": "[plain]\nc = 1\n",
            },
            main: "a.cfg",
            environment: { ...environment, HOME: "/experiment" },
        },
        ours: { plain: { b: "1", c: "1" } },
        law: { plain: { b: "1" } },
    },
    {
        why: "law expands a value that has been to luigi and back a second time, an escaped variable too",
        example: {
            files: { "a.cfg": "[luigi_A]\na = \\$A\n[plain]\nb = &::luigi_A::a\n" },
            main: "a.cfg",
            environment,
            synced: true,
        },
        ours: { luigi_A: { a: "$A" }, plain: { b: "$A" } },
        law: { luigi_A: { a: "$A" }, plain: { b: "one" } },
    },
];
