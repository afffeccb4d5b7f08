// Where in the user's files a value was written that a finding is about.
import type { Problem } from "../config/errors.ts";
import { placeOf } from "../config/origin.ts";
import type { ExperimentSettings, StackSettings } from "../config/settings.ts";

export type Place = Omit<Problem, "message" | "suggestion">;

/** Of `[section] key`; without file and line when it is a default. */
export function placeOfValue({ values }: ExperimentSettings, section: string, key: string): Place {
    const origin = values.find((value) => value.section === section && value.key === key)?.origin;
    return { ...(origin && placeOf(origin)), section, key };
}

/** Of a variable in the stack's environment map. */
export function placeOfVariable(name: string): Place {
    return placeOf({ kind: "environment", name });
}

/** Of a key of the stack's config, such as `law`. */
export function placeOfStackKey({ name }: StackSettings, key: string): Place {
    return { file: `stacks/Pulumi.${name}.yaml`, key: `aframe:${key}` };
}
