// Profiles: which rules a cluster has, and their parameters. A profile is a yaml file.
import { readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import * as v from "valibot";
import { LineCounter, parseDocument } from "yaml";
import { ConfigError, type Problem, quote } from "../../config/errors.ts";
import { didYouMean } from "../../config/similar.ts";
import type { Judge } from "./rule.ts";
import { type RuleName, rules } from "./rules.ts";
import { describeIssue } from "./schemaIssue.ts";
import { offsetOf } from "./yamlLine.ts";

/** The rules of a cluster; those that it does not have are absent. */
export type Profile = { readonly [name in RuleName]?: Judge | undefined };

const folder = import.meta.dirname;
const schema = v.strictObject({ rules: v.partial(v.strictObject(rules)) });

/**
 * @param profile - the name of one of this folder, or the absolute path of a file
 * @param place - where that was written, for problems
 * @throws ConfigError with every mistake in it
 */
export function readProfile(profile: string, place: Omit<Problem, "message">): Profile {
    const file = isAbsolute(profile) ? profile : join(folder, `${profile}.yaml`);
    const shown = isAbsolute(profile) ? profile : `preview/policy/${profile}.yaml`;
    return parseProfile(readText(file, profile, place), shown);
}

function readText(file: string, profile: string, place: Omit<Problem, "message">): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        if (isAbsolute(profile)) {
            throw new ConfigError([{ ...place, message: `${profile} cannot be read: ${(error as Error).message}` }]);
        }
        const names = readdirSync(folder).flatMap((name) => (name.endsWith(".yaml") ? [name.slice(0, -5)] : []));
        const suggestion = didYouMean(profile, names) ?? `one of ${names.join(", ")}, or the absolute path of a file`;
        throw new ConfigError([{ ...place, message: `there is no profile ${quote(profile)}`, suggestion }]);
    }
}

/** @param file - as it is named in problems */
export function parseProfile(text: string, file: string): Profile {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    if (document.errors.length > 0) {
        throw new ConfigError(
            document.errors.map(({ message, pos }) => ({ file, line: lines.linePos(pos[0]).line, message })),
        );
    }
    const result = v.safeParse(schema, document.toJS());
    if (result.success) {
        return result.output.rules;
    }
    throw new ConfigError(
        result.issues.map((issue) => {
            const path = issue.path?.map(({ key }) => key as string | number) ?? [];
            const line = lines.linePos(offsetOf(document, path)).line;
            return { file, line, ...(path.length > 0 && { key: path.join(".") }), ...describe(issue, path) };
        }),
    );
}

type Path = readonly (string | number)[];

function describe(issue: v.BaseIssue<unknown>, path: Path): Pick<Problem, "message" | "suggestion"> {
    if (issue.expected !== "never") {
        return describeIssue(issue);
    }
    const suggestion = didYouMean(String(path.at(-1)), siblingsOf(path));
    return { message: "there is no such key", ...(suggestion !== undefined && { suggestion }) };
}

/** The keys that may stand where a path leads: rules, or parameters of one. */
function siblingsOf([, rule, parameter]: Path): string[] {
    return parameter === undefined ? Object.keys(rules) : Object.keys(rules[rule as RuleName].entries);
}
