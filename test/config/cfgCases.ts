// Generated cfg files: law's whole grammar in small, with inheritance, references, variables and every kind of slip.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are law's variables
import fc from "fast-check";
import type { CfgCase } from "./realLaw.ts";

const sections = ["luigi_base", "luigi_A", "luigi_B", "plain", "law.x", "a.b.c"];
const keys = ["a", "b", "c", "Tb", "tb", "x-y", "k.z", "constructor"];

const section = fc.constantFrom(...sections);
const key = fc.constantFrom(...keys);

/** A section that every file has, for references that lead somewhere. */
const common = ["[common]", "r1 = 12", "r2: &::r1", "r3 = $A/x", 'r4 = ["H1",', '   "L1"]', "r5 =", "none = NONE"];

const goodReference = fc.constantFrom(1, 2, 3, 4, 5).map((index) => `&::common::r${index}`);

const wildReference = fc.oneof(
    key.map((name) => `&::${name}`),
    fc.tuple(section, key).map(([where, name]) => `&::${where}::${name}`),
    fc.constantFrom("&::", "&:a", "&::a::b::c", "x &::a", "&::$A", "&::${S}::a"),
);

const literal = fc.constantFrom(
    ...[
        "",
        "4",
        "500_000",
        "1.5",
        "true",
        "False",
        "null",
        "None",
        '"quoted"',
        "'single'",
        '["H1", "L1"]',
        "[[35, 35], [20,10]]",
    ],
    ...["abc#def;ghi", "a=b:c", "=x", ":y", "s3://bucket/prefix", "git@host:a/b.git", "a\\b", "\\\\"],
    ...["é ü 漢", "\u00a0x\u00a0y", "\u2028z", "a\u2028b\u2029", "{a,b}", "[x]", "*", "!", "-1", "__proto__", "x &::a"],
);

const variable = fc.constantFrom(
    ...["$A", "${A}", "$A$B/x", "$UNSET", "~", "~/x", "~x", "a~b", "\\~/x", "\\$A", "$", "$$A", "${A", "${}"],
    ...["$A_", "${A}_", "x\\~", "\\\\$A", "$HOME/y", "$A\\$B"],
);

/** Texts that one of the two may refuse. */
const wild = fc.oneof(
    wildReference,
    fc.constantFrom("100%%", "50%", "%(a)s", "%", "%%%", "${UNSET}", "\\${A}", "${B C}"),
    fc.string({ unit: fc.constantFrom(..."ab1 ,.[]{}\"'\\$~:=&_/-".split("")), maxLength: 12 }),
);

const value = fc.oneof(
    { weight: 20, arbitrary: literal },
    { weight: 10, arbitrary: goodReference },
    { weight: 10, arbitrary: variable },
    { weight: 1, arbitrary: wild },
);

const indent = fc.constantFrom("", "", "", "", " ", "  ", "\t");
const separator = fc.constantFrom(" = ", " = ", "=", ": ", " : ", ":", "  =\t");

const entryLine = fc
    .tuple(indent, key, separator, value, fc.constantFrom("", " ", "\t"))
    .map(([before, name, between, text, after]) => before + name + between + text + after);

const line = fc.oneof(
    { weight: 14, arbitrary: entryLine },
    { weight: 2, arbitrary: section.map((name) => `[${name}]`) },
    { weight: 2, arbitrary: fc.constantFrom("", "  ", "# comment", "; comment", "   # indented comment", "#") },
    { weight: 1, arbitrary: value.map((text) => `    ${text}`) },
    {
        weight: 1,
        arbitrary: fc.constantFrom(
            ...["word", "[", "[]", "[a", "a b = 1", "= x", "k[] = 1", "[plain] x", "[pl ain]", " [plain]"],
        ),
    },
);

/** Most files are right; a few have any line anywhere. */
const body = fc.oneof(
    { weight: 12, arbitrary: tidyBody() },
    { weight: 1, arbitrary: fc.array(line, { maxLength: 14 }).map((lines) => ["[plain]", ...lines]) },
    { weight: 1, arbitrary: fc.array(line, { maxLength: 6 }) },
);

/** Each section and key once, values over one or more lines, comments and blank lines between. */
function tidyBody(): fc.Arbitrary<string[]> {
    const filler = fc.constantFrom("", "# comment", "  ; comment", "\t");
    const entry = fc.tuple(
        key,
        separator,
        value,
        fc.array(fc.constantFrom("  more", "  [1,", "   x = y", "  "), { maxLength: 2 }),
    );
    const block = fc.tuple(
        section,
        fc.uniqueArray(entry, { selector: ([name]) => name, maxLength: 6 }),
        fc.array(filler, { maxLength: 2 }),
    );
    return fc
        .uniqueArray(block, { selector: ([name]) => name, minLength: 1, maxLength: 4 })
        .map((blocks) =>
            blocks.flatMap(([name, entries, fillers]) => [
                `[${name}]`,
                ...fillers,
                ...entries.flatMap(([word, between, text, more]) => [word + between + text, ...more]),
            ]),
        );
}

const lineEnd = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r");

/** Values from law's own variables, which have no room for names with dots or dashes. */
const lawVariables = fc.dictionary(
    fc
        .tuple(fc.constantFrom("luigi_base", "luigi_A", "plain", "fresh"), fc.constantFrom("a", "b", "Tb"))
        .map(([where, name]) => `LAW__${where}__${name}`),
    fc.oneof(
        { weight: 20, arbitrary: literal },
        { weight: 5, arbitrary: goodReference },
        { weight: 1, arbitrary: wild },
    ),
    { maxKeys: 2 },
);

const switches = fc.constantFrom("true", "True", "on", "1", "FALSE", "no", "off", "0", "maybe");

interface Parts {
    readonly bodies: readonly string[][];
    readonly variables: Readonly<Record<string, string>>;
    readonly syncEnv: string | undefined;
    readonly mark: string;
    readonly inherit: string | undefined;
    readonly extend: string | undefined;
    readonly parentInherits: string | undefined;
    readonly end: string;
}

const included = fc.option(
    fc.constantFrom(
        ...[
            "base.cfg",
            "sub/other.cfg",
            "base.cfg, sub/other.cfg",
            "{base,sub/other}.cfg",
            "$DIR/other.cfg",
            "./sub/../base.cfg",
        ],
        ...["", "None", "&::own", ",base.cfg,,", "&::common::none", "sub/{other,other}.cfg", "missing.cfg"],
    ),
    { nil: undefined, freq: 2 },
);

/** A cfg of one to three files. */
export const cfgCase: fc.Arbitrary<CfgCase> = fc
    .record<Parts>({
        bodies: fc.tuple(body, body, body).map((bodies) => [...bodies]),
        inherit: included,
        extend: fc.option(fc.constantFrom("base.cfg", "sub/other.cfg"), { nil: undefined, freq: 5 }),
        parentInherits: fc.option(fc.constantFrom("sub/other.cfg", "./sub/other.cfg"), { nil: undefined, freq: 4 }),
        variables: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: lawVariables }),
        syncEnv: fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: switches }),
        mark: fc.oneof({ weight: 60, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constant("\uFEFF") }),
        end: lineEnd,
    })
    .map(({ bodies, inherit, extend, parentInherits, variables, syncEnv, mark, end }) => {
        const core = (inherited: string | undefined, extended?: string, sync?: string) => [
            ...([inherited, extended, sync].every((part) => part === undefined)
                ? []
                : ["[core]", "own = sub/other.cfg"]),
            ...(sync === undefined ? [] : [`sync_env = ${sync}`]),
            ...(inherited === undefined ? [] : [`inherit = ${inherited}`]),
            ...(extended === undefined ? [] : [`extend = ${extended}`]),
        ];
        const text = (lines: readonly string[]) => lines.join(end) + end;
        const usual = { HOME: "/home/somebody", USER: "somebody", A: "one", B: "two words", DIR: "sub", S: "plain" };
        const [main = [], base = [], other = []] = bodies;
        return {
            files: {
                "a.cfg": mark + text([...core(inherit, extend, syncEnv), ...common, ...main]),
                "base.cfg": text([...core(parentInherits), ...common, ...base]),
                "sub/other.cfg": text([...common, ...other]),
            },
            main: "a.cfg",
            environment: { ...usual, ...variables },
        };
    });

/** The same file with a comment after each line that has a value. */
export function withComments(text: string): string {
    return text.replace(/^([^\r\n#;]*[=:][^\r\n]*)$/gm, "$1  # note = 1 ; more");
}
