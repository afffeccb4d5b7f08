// Files that this program and law must read, or refuse, alike: every rule of law's grammar by example.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are law's variables
import type { CfgCase } from "./realLaw.ts";

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Alike {
    readonly what: string;
    readonly files: CfgCase["files"];
    readonly environment?: CfgCase["environment"];
    readonly reads: Sections;
}

/** Values of `[s]`, or of all sections, of a single file. */
const one = (what: string, text: string | Uint8Array, values: Readonly<Record<string, string>> | Sections): Alike => {
    const isSections = Object.values(values).some((value) => typeof value === "object");
    return { what, files: { "a.cfg": text }, reads: (isSections ? values : { s: values }) as Sections };
};

export const alike: readonly Alike[] = [
    one("a hash inside a word is part of the value", "[s]\nk = abc#def;ghi", { k: "abc#def;ghi" }),
    one("a line that starts with a hash or a semicolon is a comment", "[s]\n# k = 1\n  ; k = 2\nk = 3", { k: "3" }),
    one("a colon separates too", "[s]\nk: v\nl : w\nm:x", { k: "v", l: "w", m: "x" }),
    one("the first separator counts", "[s]\nk = a:b=c\nl: a=b:c", { k: "a:b=c", l: "a=b:c" }),
    one("an indented line goes on with the value", '[s]\nk = ["H1",\n  "L1"]\n\n  x\nl = 1', {
        k: '["H1",\n"L1"]\n\nx',
        l: "1",
    }),
    one("quotes are kept", "[s]\nk = \"q\"\nl = 'q'", { k: '"q"', l: "'q'" }),
    one("words of other formats are text", "[s]\nk = true\nl = null\nm = None", { k: "true", l: "null", m: "None" }),
    one("dots of a section name mean nothing", "[a.b]\nk = 1\n[a]\nb = 2", { "a.b": { k: "1" }, a: { b: "2" } }),
    one("upper and lower case are different", "[s]\nTb = 1\ntb = 2\n[S]\nTb = 3", {
        s: { Tb: "1", tb: "2" },
        S: { Tb: "3" },
    }),
    one("two percent signs are one", "[s]\nk = 100%%", { k: "100%" }),
    one("numbers and lists are text", '[luigi_A]\nk = 500_000\nl = ["H1", "L1"]', {
        luigi_A: { k: "500_000", l: '["H1", "L1"]' },
    }),
    one("a value may be empty", "[s]\nk =\nl:", { k: "", l: "" }),
    one("lines may end with CRLF", "[s]\r\nk = 1\r\n\r\nl = 2\r\n", { k: "1", l: "2" }),
    one("letters of all alphabets", "[s]\nk = é ü 漢\nl = a\u2028b", { k: "é ü 漢", l: "a\u2028b" }),
    one("variables, and those that are not set", "[s]\nk = $A/${A}x\nl = $NONE/${NO}\nm = \\$A", {
        k: "one/onex",
        l: "$NONE/${NO}",
        m: "$A",
    }),
    one("the home folder, only at the start", "[s]\nk = ~/x\nl = a~\nm = \\~/x", {
        k: "/home/somebody/x",
        l: "a~",
        m: "~/x",
    }),
    one(
        "references, over any number of steps and after expansion",
        "[s]\nk = &::a\na = &::$T::b\n[one]\nb = &::c\nc = $A",
        {
            s: { k: "one", a: "one" },
            one: { b: "one", c: "one" },
        },
    ),
    one("text with a reference in it is text", "[s]\nk = x &::a\na = 1", { k: "x &::a", a: "1" }),
    {
        what: "inherited files are read first, in turn, with what they inherit; the child's references see its own values",
        files: {
            "a.cfg": "[core]\ninherit = b.cfg, sub/{c,d}.cfg\n[s]\nm = child",
            "b.cfg": "[s]\nk = b\nl = b\nm = b\nn = &::m",
            "sub/c.cfg": "[core]\ninherit = ../e.cfg\n[s]\nl = c",
            "sub/d.cfg": "[t]\nx = d",
            "e.cfg": "[s]\nk = e\nl = e\no = e",
        },
        reads: { s: { k: "e", l: "c", m: "child", n: "child", o: "e" }, t: { x: "d" } },
    },
    {
        what: "a file that extends another is beaten by it, and names it by a variable",
        files: { "a.cfg": "[core]\nextend = $A.cfg\n[s]\nk = 1\nl = &::k", "one.cfg": "[s]\nk = 2" },
        reads: { s: { k: "2", l: "2" } },
    },
    {
        what: "law's variables beat all files",
        files: { "a.cfg": "[core]\ninherit = b.cfg\n[s]\nk = 1\nl = &::k", "b.cfg": "[s]\nk = 2\nm = 3" },
        environment: { LAW__s__k: "$A", LAW__s__m: "", LAW__t__n: "&::s::l", LAW_s__k: "9", LAW__s: "9" },
        reads: { s: { k: "one", l: "one", m: "" }, t: { n: "one" } },
    },
    {
        what: "law's variables are not read when sync_env is off",
        files: { "a.cfg": "[core]\nsync_env = Off\n[s]\nk = 1" },
        environment: { LAW__s__k: "2" },
        reads: { s: { k: "1" } },
    },
];

export interface Refused {
    readonly files: CfgCase["files"];
    readonly environment?: CfgCase["environment"];
    /** How law's error starts. */
    readonly law: string;
    readonly ours: string;
}

const wrong = (text: string | Uint8Array, law: string, ours: string): Refused => ({
    files: { "a.cfg": text },
    law,
    ours,
});

export const refused: readonly Refused[] = [
    wrong(
        "[s]\nk = 1\nk = 2",
        "DuplicateOptionError",
        "a.cfg:3: [s] k: duplicate key, first at line 2 (keep one of them)",
    ),
    wrong(
        "[s]\nk = 1\n[s]\nl = 2",
        "DuplicateSectionError",
        "a.cfg:3: [s]: duplicate section, first at line 1 (keep one of them)",
    ),
    wrong(
        "k = 1",
        "MissingSectionHeaderError",
        "a.cfg:1: the line stands before the first section (start with a [section])",
    ),
    wrong("[s]\nk = 100%", "InterpolationSyntaxError", "a.cfg:2: [s] k: holds a single % (write %%)"),
    wrong("[s]\nk = &::none", "NoOptionError", "a.cfg:2: [s] k: refers to s::none, which does not exist"),
    wrong("[s]\nk = &::t::l", "NoSectionError", "a.cfg:2: [s] k: refers to t::l, which does not exist"),
    wrong(
        "[luigi_A]\nk = ${NONE}",
        "InterpolationMissingEnvvarError",
        "a.cfg:2: [luigi_A] k: uses ${NONE}, which is not set (set NONE in the stack's environment map)",
    ),
    wrong(
        Uint8Array.of(0x5b, 0x73, 0x5d, 0x0a, 0xff),
        "UnicodeDecodeError",
        "a.cfg: is not UTF-8 text (save it as UTF-8)",
    ),
    wrong("[s]\n= x", "ParsingError", "a.cfg:2: the line does not name a key (letters, digits, _ . - and no spaces)"),
    wrong(
        "[core]\nsync_env = maybe",
        "ValueError: Not a boolean: maybe",
        'a.cfg:2: [core] sync_env: "maybe" is not true or false',
    ),
    wrong(
        "[core]\ninherit_configs = b.cfg\n[s]\nk = 1",
        "NoOptionError",
        "a.cfg:2: [core] inherit_configs: is the old name of inherit (write inherit)",
    ),
    {
        files: { "a.cfg": "[core]\ninherit = b.cfg", "b.cfg": "[core]\ninherit = a.cfg" },
        law: "RecursionError",
        ours: "b.cfg:2: [core] inherit: circular inherit: a.cfg -> b.cfg -> a.cfg (remove one of them)",
    },
    {
        files: { "a.cfg": "[s]\nk = 1" },
        environment: { LAW__s__k: "100%" },
        law: "ValueError: invalid interpolation syntax",
        ours: "stack config aframe:environment.LAW__s__k: [s] k: holds a single % (write %%)",
    },
    {
        files: { "a.cfg": "[s]\nk = 1" },
        environment: { LAW__DEFAULT__k: "1" },
        law: "ValueError",
        ours:
            "stack config aframe:environment.LAW__DEFAULT__k: a [DEFAULT] section is not supported " +
            "(use [luigi_base] and &::luigi_base::key)",
    },
];
