// The Lightning yaml of the training: what of it the cfg overrules, and what would stop the training late.
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { FileReader } from "./cfg.ts";
import type { Problem } from "./errors.ts";
import { formatLocation } from "./location.ts";
import { describeOrigin, nameOf, placeOf } from "./origin.ts";
import type { ResolvedValues } from "./resolvedValues.ts";
import type { Directories, StackSettings } from "./settings.ts";
import { checkValidationSplit, usualNeed, type ValidationNeed } from "./validationSplit.ts";
import { isSameText } from "./values.ts";
import { YamlFile, type YamlValue } from "./yamlFile.ts";

export interface TrainYaml {
    /** Absolute. */
    readonly path: string;
    readonly stack: StackSettings;
    readonly values: ResolvedValues;
    /** Undefined when they cannot be told. */
    readonly directories: Directories | undefined;
    readonly read: FileReader;
}

interface Findings {
    readonly problems: Problem[];
    readonly warnings: Problem[];
}

const section = "luigi_Train";

/** Keys of the yaml that training gets on its command line, under their name in `[luigi_Train]`. */
const overruled: readonly { readonly paths: readonly (readonly string[])[]; readonly key: string }[] = [
    { paths: [["seed_everything"]], key: "seed" },
    ...["ifos", "sample_rate", "kernel_length", "fduration", "highpass", "lowpass", "fftlength", "q"].map((key) => ({
        paths: inData(key),
        key,
    })),
];

/** Reads the yaml and tells what is wrong, or probably not meant. */
export function checkTrainYaml({ path, stack, values, directories, read }: TrainYaml): Findings {
    const findings: Findings = { problems: [], warnings: [] };
    const yaml = open(path, stack, values, read, findings.problems);
    if (yaml !== undefined) {
        findings.warnings.push(...findOverruled(yaml, values));
        if (directories !== undefined) {
            findings.warnings.push(
                ...findOverruledDirectories(yaml, directories),
                ...doubtCheckpoint(yaml, directories),
            );
        }
        const need = validationNeed(yaml);
        if (need !== undefined) {
            const { problems, warnings } = checkValidationSplit(values, need);
            findings.problems.push(...problems);
            findings.warnings.push(...warnings);
        }
    }
    return findings;
}

function open(
    path: string,
    stack: StackSettings,
    values: ResolvedValues,
    read: FileReader,
    problems: Problem[],
): YamlFile | undefined {
    // A path inside the containers cannot be looked at from here.
    if (path.startsWith("/opt/aframe/")) {
        return undefined;
    }
    const given = values.find(section, "config");
    const place = { ...(given && placeOf(given.origin)), section, key: "config" };
    let bytes: Uint8Array | undefined;
    try {
        bytes = read(path);
    } catch (error) {
        problems.push({ ...place, message: `${path} cannot be read: ${(error as Error).message}` });
        return undefined;
    }
    if (bytes === undefined) {
        problems.push({ ...place, message: `there is no file ${path}`, suggestion: "aframe-init makes a train.yaml" });
        return undefined;
    }
    return YamlFile.parse(bytes, nameOf(path, stack.directory), problems);
}

function findOverruled(yaml: YamlFile, values: ResolvedValues): Problem[] {
    return overruled.flatMap(({ paths, key }) => {
        const found = yaml.find(...paths);
        const wins = values.find(section, key);
        // Without a q in the cfg none is on the command line, and the yaml's counts.
        if (found === undefined || wins === undefined || isMeant(found, wins.value)) {
            return [];
        }
        const where = wins.origin.kind === "default" ? "by default" : `at ${describeOrigin(wins.origin)}`;
        return [hasNoEffect(yaml, found, `[${section}] ${key}`, wins.value, where)];
    });
}

function findOverruledDirectories(yaml: YamlFile, { trainData, run }: Directories): Problem[] {
    const loggers = yaml.find(["trainer", "logger"])?.value;
    const logger = ["trainer", "logger", ...(Array.isArray(loggers) ? [loggers.length - 1] : [])];
    const data = formatLocation(trainData);
    const rows = [
        ...["data_dir", "background_dir", "waveforms_dir"].map(
            (key) => [yaml.find(...inData(key)), "AFRAME_TRAIN_DATA_DIR", data] as const,
        ),
        // The flag sets the folder of the last logger.
        [
            yaml.find([...logger, "init_args", "save_dir"], [...logger, "save_dir"]),
            "AFRAME_TRAIN_RUN_DIR",
            formatLocation(run),
        ] as const,
    ];
    return rows.flatMap(([found, name, wins]) =>
        found === undefined || isMeant(found, wins)
            ? []
            : [hasNoEffect(yaml, found, name, wins, "in the stack's environment")],
    );
}

function inData(key: string): readonly (readonly string[])[] {
    return [
        ["data", "init_args", key],
        ["data", key],
    ];
}

/** Whether the yaml says the same; what a variable of it stands for cannot be told. */
function isMeant({ value }: YamlValue, wins: string): boolean {
    const text = textOf(value);
    return text.includes("${") || isSameText(text.replace(/\/+$/, ""), wins);
}

function hasNoEffect(yaml: YamlFile, found: YamlValue, name: string, wins: string, where: string): Problem {
    const { key, line, value } = found;
    const given = wins === "" ? `${name}, which is empty ${where}, wins` : `${name} = ${wins} ${where} wins`;
    const suggestion = "remove it here, or set it there";
    return { file: yaml.name, line, key, message: `${textOf(value)} has no effect: ${given}`, suggestion };
}

function doubtCheckpoint(yaml: YamlFile, { run }: Directories): Problem[] {
    const found = yaml.find(["ckpt_path"]);
    const path = typeof found?.value === "string" ? found.value : "";
    if (found === undefined || !isAbsolute(path)) {
        return [];
    }
    const { key, line } = found;
    if (run.kind === "s3") {
        const message = `${path} is a file of this machine, and training is remote, where there is none`;
        return [{ file: yaml.name, line, key, message, suggestion: "copy it to S3 and write its s3:// address" }];
    }
    return existsSync(path) ? [] : [{ file: yaml.name, line, key, message: `there is no file ${path}` }];
}

/** Undefined for data that are not Aframe's own. */
function validationNeed(yaml: YamlFile): ValidationNeed | undefined {
    const given = yaml.find(...inData("min_valid_duration"));
    if (given !== undefined) {
        const { value, line } = given;
        return typeof value === "number"
            ? { seconds: value, because: `min_valid_duration = ${value} at ${yaml.name}:${line}` }
            : undefined;
    }
    const name = yaml.find(["data", "class_path"])?.value;
    return typeof name === "string" && name.startsWith("train.data.") ? usualNeed : undefined;
}

function textOf(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
