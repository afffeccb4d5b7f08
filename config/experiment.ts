// A stack's settings and the cfg they name -> the whole experiment, typed and checked; all problems in one error.
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { assemble, trainConfigPath } from "./assemble.ts";
import { type FileReader, loadCfg, readFromDisk } from "./cfg.ts";
import { checkValues } from "./checks.ts";
import { readDirectories } from "./directories.ts";
import { findDoubtful } from "./doubts.ts";
import type { Problem } from "./errors.ts";
import { ConfigError } from "./errors.ts";
import type { Environment } from "./expand.ts";
import { findIneffective, findRefused, findUnknown } from "./givenKeys.ts";
import { pathsSection } from "./keys/services.ts";
import { applyOverrides, fillDefaults } from "./layers.ts";
import { ResolvedValues } from "./resolvedValues.ts";
import type { Directories, ExperimentSettings, StackSettings } from "./settings.ts";
import { checkTrainYaml } from "./trainYaml.ts";

export interface ReadOptions {
    /** What `~` and $HOME stand for. @default the user's home folder */
    readonly home?: string;
    /** What $USER stands for. @default the user's name */
    readonly user?: string;
    /** Reads cfg and yaml files. @default from disk */
    readonly read?: FileReader;
}

export interface ReadExperiment {
    readonly settings: ExperimentSettings;
    /** What may be meant as it is, but probably is not: unknown keys, keys without effect, images without a tag, … */
    readonly warnings: readonly Problem[];
}

export interface ExperimentSurvey {
    /**
     * With the default in the place of each wrong value, so that the rest can still be looked at. Absent when the
     * directories, or the cluster of a remote training, cannot be told.
     */
    readonly settings?: ExperimentSettings;
    /** All that is wrong. */
    readonly problems: readonly Problem[];
    readonly warnings: readonly Problem[];
}

/** The experiment of a stack; throws a ConfigError with every problem. */
export function loadExperiment(stack: StackSettings, options: ReadOptions = {}): ExperimentSettings {
    return readExperiment(stack, options).settings;
}

/** As `loadExperiment`, with the warnings. */
export function readExperiment(stack: StackSettings, options: ReadOptions = {}): ReadExperiment {
    const { settings, problems, warnings } = surveyExperiment(stack, options);
    if (problems.length > 0 || settings === undefined) {
        throw new ConfigError(problems);
    }
    return { settings, warnings };
}

/** As `readExperiment`, for those who want to go on when something is wrong: it is told, not thrown. */
export function surveyExperiment(stack: StackSettings, options: ReadOptions = {}): ExperimentSurvey {
    if (stack.replaced?.includes("directory")) {
        return { problems: [], warnings: [] };
    }
    const environment = environmentOf(stack, options);
    const read = options.read ?? readFromDisk;
    const { sections, problems: cfgProblems } = loadCfg(join(stack.directory, stack.config), environment, read);
    const problems = [...cfgProblems];
    applyOverrides(sections, stack);
    const warnings = [...findUnknown(sections), ...findIneffective(sections)];
    problems.push(...findRefused(sections));
    sections.delete(pathsSection.name);
    fillDefaults(sections, environment);

    const values = new ResolvedValues(sections, environment);
    problems.push(...values.problems, ...checkValues(values));
    const directories = readDirectories(stack, problems);
    const isPlaced = directories !== undefined && hasCluster(stack, directories, problems);
    const settings = isPlaced ? assemble(stack, directories, values) : undefined;
    const yaml = checkTrainYaml({ path: trainConfigPath(stack, values), stack, values, directories, read });
    problems.push(...yaml.problems);
    warnings.push(...yaml.warnings, ...(settings ? findDoubtful(values, settings.training) : []));
    return { ...(settings && { settings }), problems: withoutRepeats(problems), warnings: withoutRepeats(warnings) };
}

function environmentOf(stack: StackSettings, options: ReadOptions): Environment {
    const { home = homedir(), user = userName() } = options;
    return { HOME: home, ...(user === undefined ? {} : { USER: user }), ...stack.environment };
}

/** Undefined for a user id that has no name, as in some containers. */
function userName(): string | undefined {
    try {
        return userInfo().username;
    } catch {
        return undefined;
    }
}

/** A remote training needs one. */
function hasCluster(stack: StackSettings, { run }: Directories, problems: Problem[]): boolean {
    if (run.kind !== "s3" || stack.kubernetes !== undefined) {
        return true;
    }
    if (!stack.replaced?.some((key) => key.startsWith("kubernetes"))) {
        const message = "is not set, and training is remote because the run directory is on S3";
        const suggestion = "set its context and namespace";
        problems.push({ file: "stack config", key: "aframe:kubernetes", message, suggestion });
    }
    return false;
}

/** One mistake in a value that many sections refer to is one problem. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
    return [...new Map(problems.map((problem) => [JSON.stringify(Object.entries(problem).sort()), problem])).values()];
}
