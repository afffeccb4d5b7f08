// A stack's settings and the cfg they name -> the whole experiment, typed and checked; all problems in one error.
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { type FileReader, loadCfg, readFromDisk } from "./cfg.ts";
import { checkValues, findDoubtful } from "./checks.ts";
import { directoryValues, readDirectories } from "./directories.ts";
import { endpointForPods } from "./endpoint.ts";
import type { Problem } from "./errors.ts";
import { ConfigError } from "./errors.ts";
import type { Environment } from "./expand.ts";
import { pathsSection } from "./keys/services.ts";
import { applyOverrides, fillDefaults, findRefused, findUnknown } from "./layers.ts";
import { placeOf } from "./origin.ts";
import { ResolvedValues } from "./resolvedValues.ts";
import type { Directories, ExperimentSettings, StackSettings } from "./settings.ts";
import { trainingSettings } from "./training.ts";

export interface ReadOptions {
    /** What `~` and $HOME stand for. @default the user's home folder */
    readonly home?: string;
    /** What $USER stands for. @default the user's name */
    readonly user?: string;
    /** Reads cfg files. @default from disk */
    readonly read?: FileReader;
}

export interface ReadExperiment {
    readonly settings: ExperimentSettings;
    /** What may be meant as it is, but probably is not: unknown keys, images without a tag, … */
    readonly warnings: readonly Problem[];
}

/** The experiment of a stack; throws a ConfigError with every problem. */
export function loadExperiment(stack: StackSettings, options: ReadOptions = {}): ExperimentSettings {
    return readExperiment(stack, options).settings;
}

/** As `loadExperiment`, with the warnings. */
export function readExperiment(stack: StackSettings, options: ReadOptions = {}): ReadExperiment {
    const environment = environmentOf(stack, options);
    const read = options.read ?? readFromDisk;
    const { sections, problems: cfgProblems } = loadCfg(join(stack.directory, stack.config), environment, read);
    const problems = [...cfgProblems];
    applyOverrides(sections, stack);
    const unknown = findUnknown(sections);
    problems.push(...findRefused(sections));
    sections.delete(pathsSection.name);
    fillDefaults(sections, environment);

    const values = new ResolvedValues(sections, environment);
    problems.push(...values.problems, ...checkValues(values));
    const directories = readDirectories(stack, problems);
    problems.push(...checkTraining(stack, directories), ...checkTrainConfig(stack, values, read));
    if (problems.length > 0 || directories === undefined) {
        throw new ConfigError(withoutRepeats(problems));
    }
    return {
        settings: assemble(stack, directories, values),
        warnings: withoutRepeats([...unknown, ...findDoubtful(values)]),
    };
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

function checkTraining(stack: StackSettings, directories: Directories | undefined): Problem[] {
    if (directories?.run.kind !== "s3" || stack.kubernetes !== undefined) {
        return [];
    }
    const message = "is not set, and training is remote because the run directory is on S3";
    const suggestion = "set its context and namespace";
    return [{ file: "stack config", key: "aframe:kubernetes", message, suggestion }];
}

function checkTrainConfig(stack: StackSettings, values: ResolvedValues, read: FileReader): Problem[] {
    const given = values.find("luigi_Train", "config");
    const path = trainConfigPath(stack, values);
    // A path inside the containers cannot be looked at from here.
    if (given === undefined || path === undefined || path.startsWith("/opt/aframe/") || isFile(path, read)) {
        return [];
    }
    const place = { ...placeOf(given.origin), section: "luigi_Train", key: "config" };
    return [{ ...place, message: `there is no file ${path}`, suggestion: "aframe-init makes a train.yaml" }];
}

function isFile(path: string, read: FileReader): boolean {
    try {
        return read(path) !== undefined;
    } catch {
        return false;
    }
}

/** Relative to the experiment directory. */
function trainConfigPath(stack: StackSettings, values: ResolvedValues): string | undefined {
    const path = values.read("luigi_Train", "config", "path");
    return path === undefined ? undefined : resolve(stack.directory, path === "" ? "train.yaml" : path);
}

function assemble(stack: StackSettings, directories: Directories, values: ResolvedValues): ExperimentSettings {
    const text = (section: string, key: string) => values.read(section, key, "string") ?? "";
    const given = <K extends string>(key: K, value: string | undefined) =>
        (value === undefined || value === "" ? {} : { [key]: value }) as { readonly [_ in K]?: string };
    const endpoint = values.read("luigi_s3", "endpoint_url", "endpoint");
    return {
        stack,
        directories,
        training: trainingSettings(values, directories, trainConfigPath(stack, values) ?? ""),
        s3: {
            ...(endpoint === undefined ? {} : { endpoint, podEndpoint: endpointForPods(endpoint) }),
            ...given("accessKeyId", text("luigi_s3", "aws_access_key_id")),
            ...given("secretAccessKey", text("luigi_s3", "aws_secret_access_key")),
        },
        ssh: { file: resolve(stack.directory, values.require("luigi_ssh", "ssh_file", "path")) },
        wandb: {
            ...given("apiKey", text("luigi_wandb", "api_key")),
            ...given("entity", text("luigi_wandb", "entity")),
            ...given("project", text("luigi_wandb", "project")),
            ...given("group", text("luigi_wandb", "group")),
            ...given("name", text("luigi_wandb", "name")),
            tags: values.require("luigi_wandb", "tags", "csv"),
        },
        values: [...values.all, ...directoryValues(stack)],
    };
}

/** One mistake in a value that many sections refer to is one problem. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
    return [...new Map(problems.map((problem) => [JSON.stringify(Object.entries(problem).sort()), problem])).values()];
}
