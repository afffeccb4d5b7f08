// Errors about a value of the configuration, with the place where it was written.
import { ConfigError } from "../config/errors.ts";
import type { ExperimentSettings } from "../config/settings.ts";

/** A ConfigError with one problem, put at the line of `[section] key` when it came from a file. */
export function configProblem(
    settings: ExperimentSettings,
    section: string,
    key: string,
    message: string,
    suggestion?: string,
): ConfigError {
    const origin = settings.values.find((value) => value.section === section && value.key === key)?.origin;
    const place = origin?.kind === "file" ? { file: origin.file, line: origin.line } : {};
    return new ConfigError([{ ...place, section, key, message, ...(suggestion === undefined ? {} : { suggestion }) }]);
}
