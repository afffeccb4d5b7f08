// A run.json -> the files and the stack of a new experiment that does the same, proved by reading them.
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readFromDisk } from "../../config/cfg.ts";
import { describeProblem } from "../../config/errors.ts";
import { surveyExperiment } from "../../config/experiment.ts";
import { parseStackSettings } from "../../config/stack.ts";
import type { RunFile } from "../../pipeline/provenance/runFile.ts";
import type { Context } from "../commandLine.ts";
import { FailedError } from "../errors.ts";
import { StackFile } from "../stackFile.ts";
import {
    namesOfFiles,
    overrideText,
    type RepeatedValue,
    renderRepeatedConfig,
    repeatedValues,
} from "./repeatedConfig.ts";
import { otherVariables, relocator, repeatedPlaces } from "./repeatedPlaces.ts";
import { type InitRequest, isAframeCheckout } from "./request.ts";
import { renderRunScript } from "./runScript.ts";
import { type NewStack, renderStackFile, type StackValues } from "./stackFile.ts";

export interface Repetition {
    /** Name in the experiment directory → text. */
    readonly texts: Readonly<Record<string, string>>;
    readonly stackText: string;
    /** Where data and the model go. */
    readonly places: Readonly<Record<string, string>>;
}

/** @param source - where the run.json was read */
export async function repeatRun(
    run: RunFile,
    source: string,
    request: InitRequest,
    { checkout }: Context,
): Promise<Repetition> {
    const { directory, stack: name } = request;
    const places = repeatedPlaces(run, request);
    const relocate = relocator(run, places);
    const values = repeatedValues(run, directory, relocate);
    const { workers, gpus, dev } = run.stack;
    const files = [...namesOfFiles(run)].map(([file, as]) => [as, run.files[file] ?? ""]);
    const texts = {
        ...(Object.fromEntries(files) as Record<string, string>),
        "sandbox.cfg": renderRepeatedConfig(run, source, values),
        "run.sh": renderRunScript({ directory, variables: places, checkout, stack: name, workers, gpus, dev }),
    };
    const variables = { ...places, ...(await otherPlaces(run, request, relocate)) };
    const stack: NewStack = { name, directory, variables, adoptExisting: false, values: stackValues(run) };
    return { texts, places, stackText: prove(stack, texts, values) };
}

/** A checkout that is not on this machine makes way for the one that is named here. */
async function otherPlaces(run: RunFile, { repository }: InitRequest, relocate: (text: string) => string) {
    const others = Object.entries(otherVariables(run)).map(([name, value]) => [name, relocate(value)] as const);
    const variables: Record<string, string> = Object.fromEntries(others);
    const { AFRAME_REPO: before } = variables;
    const isHere = before !== undefined && (await isAframeCheckout(before));
    return { ...variables, ...(repository !== undefined && !isHere && { AFRAME_REPO: repository }) };
}

/** Those that are not the default. */
function stackValues({ stack }: RunFile): StackValues {
    // There is nothing to take over in a new directory.
    const { directory: _, environment: __, adoptExisting: ___, ...values } = stack;
    const defaults: Readonly<Record<string, unknown>> = {
        ...parseStackSettings("defaults", { directory: "/" }, ""),
    };
    const isShown = (key: string, value: unknown) =>
        ["workers", "gpus", "dev"].includes(key) || !isDeepStrictEqual(defaults[key], value);
    return Object.fromEntries(Object.entries(values).filter(([key, value]) => isShown(key, value)));
}

/** The text of a stack file with which the files give exactly these values; what no cfg can say, the stack says. */
function prove(stack: NewStack, texts: Readonly<Record<string, string>>, values: readonly RepeatedValue[]): string {
    const text = renderStackFile(stack);
    const wrong = differing(stack, text, texts, values);
    if (wrong.length === 0) return text;
    const settings: Record<string, Record<string, string>> = {};
    for (const { section, key, value } of wrong) {
        settings[section] = { ...settings[section], [key]: overrideText(value) };
    }
    const amended = renderStackFile({ ...stack, values: { ...stack.values, settings } });
    const [first] = differing(stack, amended, texts, values);
    if (first === undefined) return amended;
    throw new FailedError(
        `[${first.section}] ${first.key} of this run cannot be written in a cfg; nothing was written`,
    );
}

function differing(
    { name, directory }: NewStack,
    stackText: string,
    texts: Readonly<Record<string, string>>,
    values: readonly RepeatedValue[],
): RepeatedValue[] {
    const { config } = new StackFile(`Pulumi.${name}.yaml`, stackText);
    const inMemory = new Map(Object.entries(texts).map(([file, text]) => [path.join(directory, file), text]));
    const { settings, problems } = surveyExperiment(parseStackSettings(name, config, `Pulumi.${name}.yaml`), {
        read: (file) => {
            const text = inMemory.get(file);
            return text === undefined ? readFromDisk(file) : Buffer.from(text);
        },
    });
    if (settings === undefined) {
        const reasons = problems.map(describeProblem).join("\n");
        throw new FailedError(`this run.json does not make an experiment that can be read:\n${reasons}`);
    }
    const given = new Map(settings.values.map(({ section, key, value }) => [`${section}::${key}`, value]));
    return values.filter(({ section, key, value }) => given.get(`${section}::${key}`) !== value);
}
