// A YAML file whose values know their lines.
import { isAlias, isNode, LineCounter, parseDocument } from "yaml";
import { decodeText } from "./decode.ts";
import type { Problem } from "./errors.ts";

export interface YamlValue {
    readonly value: unknown;
    /** The keys that lead to it, with dots between. */
    readonly key: string;
    /** Counted from 1. */
    readonly line: number;
}

type Path = readonly (string | number)[];

export class YamlFile {
    /** In messages. */
    readonly name: string;
    private readonly document: ReturnType<typeof parseDocument>;
    private readonly lines: LineCounter;

    private constructor(name: string, document: ReturnType<typeof parseDocument>, lines: LineCounter) {
        this.name = name;
        this.document = document;
        this.lines = lines;
    }

    /** Reads the bytes of the file `name`; undefined, and a problem, when they hold no mapping. */
    static parse(bytes: Uint8Array, name: string, problems: Problem[]): YamlFile | undefined {
        const lines = new LineCounter();
        const text = decodeText(bytes);
        if (text === undefined) {
            problems.push({ file: name, message: "is not UTF-8 text", suggestion: "save it as UTF-8" });
            return undefined;
        }
        const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
        const [wrong] = document.errors;
        if (wrong !== undefined) {
            // What follows the first mistake is mostly its echo.
            const reason = wrong.message.replaceAll(/\s+/g, " ").slice(0, 120);
            problems.push({ file: name, line: lines.linePos(wrong.pos[0]).line, message: `is not YAML: ${reason}` });
            return undefined;
        }
        const content = contentOf(document, name, problems);
        if (content === undefined) {
            return undefined;
        }
        if (content === null || (typeof content === "object" && !Array.isArray(content))) {
            return new YamlFile(name, document, lines);
        }
        const given = Array.isArray(content) ? "a list" : "one value";
        problems.push({
            file: name,
            message: `holds ${given}, and not key: value`,
            suggestion: "model:, data: and trainer:",
        });
        return undefined;
    }

    /** The value at the first of these paths that has one which is not null. */
    find(...paths: readonly Path[]): YamlValue | undefined {
        for (const path of paths) {
            const found: unknown = this.document.getIn(path, true);
            const node = isAlias(found) ? found.resolve(this.document) : found;
            const value = isNode(node) ? (node.toJS(this.document) as unknown) : undefined;
            if (isNode(found) && value !== undefined && value !== null) {
                return { value, key: path.join("."), line: this.lines.linePos(found.range?.[0] ?? 0).line };
            }
        }
        return undefined;
    }
}

/** Undefined, and a problem, when its aliases would make more of it than any file is meant to be. */
function contentOf(document: ReturnType<typeof parseDocument>, file: string, problems: Problem[]): unknown {
    try {
        return document.toJS();
    } catch (error) {
        problems.push({ file, message: `cannot be used: ${(error as Error).message}` });
        return undefined;
    }
}
