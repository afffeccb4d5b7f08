// law's variables `LAW__section__key`, which beat the files. They count when the stack's environment has them.
import type { Problem } from "./errors.ts";
import { collect } from "./errors.ts";
import type { Environment } from "./expand.ts";
import { noDefaultSection } from "./ini.ts";
import { placeOf } from "./origin.ts";
import { type CfgEntry, type CfgSections, resolve } from "./resolve.ts";

const variableShape = /^LAW__(\w+)__(\w+)$/;
const on = ["1", "yes", "true", "on"];
const off = ["0", "no", "false", "off"];

/** Puts the values of such variables over those of the files, unless `[core] sync_env` is off. */
export function applyLawVariables(sections: CfgSections, environment: Environment): Problem[] {
    const problems: Problem[] = [];
    if (!isWanted(sections, environment, problems)) {
        return problems;
    }
    for (const [name, text] of Object.entries(environment)) {
        const [, section = "", key = ""] = variableShape.exec(name) ?? [];
        if (section === "DEFAULT") {
            problems.push({ ...placeOf({ kind: "environment", name }), ...noDefaultSection });
        } else if (section !== "") {
            const entry: CfgEntry = { text, origin: { kind: "environment", name } };
            const entries = sections.get(section) ?? new Map<string, CfgEntry>();
            sections.set(section, entries.set(key, entry));
        }
    }
    return problems;
}

function isWanted(sections: CfgSections, environment: Environment, problems: Problem[]): boolean {
    const given = sections.get("core")?.get("sync_env");
    if (given === undefined) {
        return true;
    }
    const place = { ...placeOf(given.origin), section: "core", key: "sync_env" };
    const value = collect(problems, place, () =>
        resolve(sections, "core", "sync_env", environment).value.toLowerCase(),
    );
    if (value !== undefined && ![...on, ...off].includes(value)) {
        problems.push({ ...place, message: `"${value}" is not true or false` });
    }
    return value !== undefined && on.includes(value);
}
