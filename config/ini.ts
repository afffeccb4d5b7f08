// Text of a cfg file -> sections, keys, values and their lines. The first pass gives law's grammar a shape that the
// `ini` package reads without loss (it would cut values at `#`, drop quotes, split `[a.b]` and merge duplicates).
import { decodeText } from "./decode.ts";
import type { Problem } from "./errors.ts";
import { quote } from "./errors.ts";
import { decodeEntries, type IniEntry, type IniValue } from "./iniEntries.ts";

export interface IniFile {
    /** Section, key, value, in the order of the file. */
    readonly sections: ReadonlyMap<string, ReadonlyMap<string, IniValue>>;
    readonly problems: readonly Problem[];
}

/** What Python's parser would spread over all sections. */
export const noDefaultSection = {
    message: "a [DEFAULT] section is not supported",
    suggestion: "use [luigi_base] and &::luigi_base::key",
};

const longestLine = 65_536;
const nameShape = /^[A-Za-z0-9_.-]+$/;
// Everything below U+0020 but tab, U+007F to U+009F, and a byte order mark that is not at the start.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const controlCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFEFF]/;

/** Reads the bytes of a cfg file; `file` is its name in problems. */
export function parseIni(bytes: Uint8Array, file: string): IniFile {
    const text = decodeText(bytes);
    if (text === undefined) {
        return {
            sections: new Map(),
            problems: [{ file, message: "is not UTF-8 text", suggestion: "save it as UTF-8" }],
        };
    }
    const pass = new LinePass(file);
    const lines = text.split(/\r\n|\r|\n/);
    for (const [index, line] of lines.entries()) {
        pass.read(line, index + 1);
    }
    return { sections: decodeEntries(pass.sections, pass.entries), problems: pass.problems };
}

/** Goes through the lines of a file as Python's configparser does, and keeps what `ini` is to decode. */
class LinePass {
    readonly entries: IniEntry[] = [];
    readonly problems: Problem[] = [];
    readonly sections: string[] = [];
    private readonly firstLines = new Map<string, number>();
    private readonly file: string;
    private section: string | undefined;
    private entry: IniEntry | undefined;
    private indent = 0;

    constructor(file: string) {
        this.file = file;
    }

    read(line: string, number: number): void {
        const wrong = wrongLine(line);
        if (wrong !== undefined) {
            this.report(number, ...wrong);
            return;
        }
        const value = withoutComment(line).trim();
        if (value === "") {
            // A blank line may be part of a value that goes on below; a comment line never is.
            if (line.trim() === "") {
                this.entry?.parts.push("");
            }
            return;
        }
        const indent = line.search(/\S/);
        if (this.entry && indent > this.indent) {
            this.entry.parts.push(value);
            return;
        }
        this.indent = indent;
        this.entry = undefined;
        if (value.startsWith("[")) {
            this.openSection(value, number);
        } else {
            this.openEntry(value, number);
        }
    }

    private openSection(value: string, line: number): void {
        const name = /^\[(.*)\]$/s.exec(value)?.[1];
        // Entries below a wrong header are skipped; the header is the one problem.
        this.section = name ?? "";
        if (name === undefined) {
            this.report(line, `${quote(value)} is not a section header`, "write [name] alone on the line");
        } else if (!isName(name)) {
            this.report(line, `${quote(name)} is not a section name`, "letters, digits, _ . - and no spaces");
        } else if (name === "DEFAULT") {
            this.report(line, noDefaultSection.message, noDefaultSection.suggestion);
        } else if (this.isFirst(`[${name}]`, line, { section: name }, "section")) {
            this.sections.push(name);
        }
    }

    private openEntry(value: string, line: number): void {
        const separator = value.search(/[=:]/);
        const key = separator < 0 ? value : value.slice(0, separator).trimEnd();
        const { section } = this;
        const entry = { section: section ?? "", key, line, parts: [value.slice(separator + 1).trimStart()] };
        this.entry = entry;
        // Nothing of the line is shown that could be a part of a credential.
        if (section === undefined) {
            this.report(line, "the line stands before the first section", "start with a [section]");
        } else if (separator < 0) {
            const name = isName(key) && key.length <= 32 ? key : "key";
            this.report(line, 'the line is not "key = value"', `write "${name} =" for the default`);
        } else if (!isName(key)) {
            const bad = /[^A-Za-z0-9_.-]/.exec(key)?.[0] ?? key;
            const message = key === "" ? "the line does not name a key" : `${quote(bad)} cannot stand in a key`;
            this.report(line, message, "letters, digits, _ . - and no spaces");
        } else if (isName(section) && this.isFirst(`[${section}] ${key}`, line, { section, key }, "key")) {
            this.entries.push(entry);
        }
    }

    /** False, and a problem, when `id` was there before in this file. */
    private isFirst(id: string, line: number, name: Pick<Problem, "section" | "key">, what: string): boolean {
        const first = this.firstLines.get(id);
        if (first !== undefined) {
            const message = `duplicate ${what}, first at line ${first}`;
            this.problems.push({ ...this.place(line), ...name, message, suggestion: "keep one of them" });
            return false;
        }
        this.firstLines.set(id, line);
        return true;
    }

    private report(line: number, message: string, suggestion?: string): void {
        this.problems.push({ ...this.place(line), message, ...(suggestion === undefined ? {} : { suggestion }) });
    }

    private place(line: number): { file: string; line: number } {
        return { file: this.file, line };
    }
}

function wrongLine(line: string): [message: string, suggestion: string] | undefined {
    if (line.length > longestLine) {
        const message = `the line has ${line.length} characters; at most ${longestLine} are read`;
        return [message, "a value may go on in indented lines"];
    }
    const control = controlCharacter.exec(line)?.[0];
    if (control !== undefined) {
        const code = (control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
        return [`the line holds the control character U+${code}`, "remove it"];
    }
    return undefined;
}

/** A `#` or `;` starts a comment at the start of a line or after whitespace, so `abc#def` stays whole. */
function withoutComment(line: string): string {
    const start = /(^|\s)[#;]/.exec(line)?.index;
    return start === undefined ? line : line.slice(0, start);
}

function isName(name: string): boolean {
    return nameShape.test(name) && name !== "__proto__";
}
