// The reference page of what commands print with --json: prose that is written by hand, tables made of the schemas.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { toJsonSchema } from "@valibot/to-json-schema";
import { runFileSchema } from "../pipeline/provenance/runFile.ts";
import { code, codes, fillIn, table } from "./markdown.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export const jsonPageFile = here("json.md");
export const runSchemaFile = here("schema/run.schema.json");

/** The forms of commands, each in `schema/NAME.schema.json`. */
export const forms = ["status", "list", "config", "output", "verify", "check", "preview", "logs", "report"] as const;

/** As far as our schemas use it. */
export interface JsonSchema {
    readonly $ref?: string;
    readonly $defs?: Readonly<Record<string, JsonSchema>>;
    readonly title?: string;
    readonly description?: string;
    readonly type?: string;
    readonly const?: unknown;
    readonly enum?: readonly unknown[];
    readonly oneOf?: readonly JsonSchema[];
    readonly anyOf?: readonly JsonSchema[];
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: boolean | JsonSchema;
    readonly items?: JsonSchema;
}

export function readSchema(name: string): JsonSchema {
    return JSON.parse(readFileSync(here(`schema/${name}.schema.json`), "utf8")) as JsonSchema;
}

/** Text of the schema of run.json, which is made of what reads one. */
export function renderRunSchema(): string {
    const { $schema: _, ...schema } = toJsonSchema(runFileSchema, { target: "draft-2020-12" });
    const head = {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        $id: "run.schema.json",
        title: "run.json",
        description: "What made a trained model, and all it takes to do that again.",
    };
    return `${JSON.stringify({ ...head, ...schema }, undefined, 4)}\n`;
}

/** The page as it is on disk with all its tables made anew. */
export function renderJsonPage(): string {
    const schemas = forms.map((name) => [name, readSchema(name)] as const);
    const run = JSON.parse(renderRunSchema()) as JsonSchema;
    return fillIn(readFileSync(jsonPageFile, "utf8"), {
        forms: schemas.map(([name, schema]) => describe(name, schema)).join("\n\n"),
        shared: Object.entries(readSchema("common").$defs ?? {})
            .filter(([, { properties }]) => properties !== undefined)
            .map(([name, schema]) => [`### ${name}`, schema.description ?? "", tableOf(schema)].join("\n\n"))
            .join("\n\n"),
        run: tableOf(run),
    });
}

function describe(name: string, schema: JsonSchema): string {
    const { title = "", description = "" } = schema;
    return [
        `## ${code(title)}`,
        `${description} Schema: [${name}.schema.json](schema/${name}.schema.json).`,
        tableOf(schema),
    ].join("\n\n");
}

function tableOf(schema: JsonSchema): string {
    return table(["Key", "Type", "Meaning"], rowsOf(schema, ""));
}

/** A row for each key, those below it after it: `stages[].name`. */
function rowsOf({ properties = {}, required = [] }: JsonSchema, above: string): string[][] {
    return Object.entries(properties).flatMap(([key, schema]) => {
        const name = `${above}${key}`;
        const isOptional = !required.includes(key);
        const meaning = [valuesOf(schema), schema.description].filter(Boolean).join(": ");
        return [
            [code(name), `${typeOf(schema)}${isOptional ? ", may be absent" : ""}`, meaning],
            ...below(schema, name),
        ];
    });
}

function below(schema: JsonSchema, name: string): string[][] {
    const { items, additionalProperties: values } = schema;
    return [
        ...rowsOf(schema, `${name}.`),
        ...(items ? rowsOf(items, `${name}[].`) : []),
        ...(typeof values === "object" ? rowsOf(values, `${name}.*.`) : []),
    ];
}

function typeOf({
    $ref,
    type,
    enum: choices,
    const: only,
    items,
    oneOf,
    anyOf,
    additionalProperties,
}: JsonSchema): string {
    if ($ref !== undefined) return $ref.replace(/.*\//, "");
    if (items) return `list of ${typeOf(items)}`;
    if (choices) return "one of";
    if (oneOf ?? anyOf) return "object";
    if (only !== undefined) return code(JSON.stringify(only));
    return typeof additionalProperties === "object" ? `map to ${typeOf(additionalProperties)}` : (type ?? "any");
}

function valuesOf({ enum: choices }: JsonSchema): string {
    return choices ? codes(choices.map(String)) : "";
}
