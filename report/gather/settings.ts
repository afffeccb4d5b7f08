// The configuration as a report shows it: every value but the secrets, and whether it is another than the default.
import { findKey } from "../../config/defaults.ts";
import { describeOrigin } from "../../config/origin.ts";
import type { ExperimentSettings, ResolvedValue } from "../../config/settings.ts";
import { isSameText } from "../../config/values.ts";
import type { Setting } from "../model/report.ts";

export function settingsOf({ values, stack }: Pick<ExperimentSettings, "values" | "stack">): Setting[] {
    const resolved = new Map(values.map(({ section, key, value }) => [`${section}::${key}`, value]));
    return values.filter(({ secret }) => !secret).map((value) => settingOf(value, resolved, stack.directory));
}

function settingOf(
    { section, key, value, origin }: ResolvedValue,
    resolved: ReadonlyMap<string, string>,
    directory: string,
): Setting {
    const usual = defaultOf(section, key, resolved);
    // A file is named in full wherever its name alone would do.
    const short = value.startsWith(`${directory}/`) ? value.slice(directory.length + 1) : value;
    return {
        section,
        key,
        value,
        ...(usual !== undefined && { default: usual }),
        differs: origin.kind !== "default" && ![value, short].some((text) => isSameText(text, usual ?? "")),
        origin: describeOrigin(origin),
    };
}

/** A default may refer to another value, whose own text then is the default. */
function defaultOf(section: string, key: string, resolved: ReadonlyMap<string, string>): string | undefined {
    const text = findKey(section, key)?.default;
    const [, other = section, name] = /^&::(?:([\w-]+)::)?([\w-]+)$/.exec(text ?? "") ?? [];
    return (name === undefined ? undefined : resolved.get(`${other}::${name}`)) ?? text;
}
