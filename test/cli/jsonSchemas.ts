// Holds what a command prints against the published schema of its form.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

type Name = "status" | "list" | "config" | "output" | "verify" | "check" | "preview" | "logs" | "report" | "run";

const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../docs/schema/${name}.schema.json`, import.meta.url), "utf8")) as object;

// A format is a hint to readers; what is a time here is made by toISOString.
const ajv = new Ajv2020({ allErrors: true, strict: true, formats: { "date-time": true } });
ajv.addSchema([read("common"), read("check")]);

/** Standard output of a command, which is one JSON value of the form and nothing else. @returns the value */
export function assertForm(name: Name, stdout: string): unknown {
    const value: unknown = JSON.parse(stdout);
    const validate = ajv.getSchema(`${name}.schema.json`) ?? ajv.compile(read(name));
    assert.ok(validate(value), ajv.errorsText(validate.errors, { separator: "\n" }));
    return value;
}
