// The resolved values -> the settings of the experiment, typed.
import { resolve } from "node:path";
import { directoryValues } from "./directories.ts";
import { endpointForPods } from "./endpoint.ts";
import type { ResolvedValues } from "./resolvedValues.ts";
import type { Directories, ExperimentSettings, StackSettings } from "./settings.ts";
import { trainingSettings } from "./training.ts";

export function assemble(stack: StackSettings, directories: Directories, values: ResolvedValues): ExperimentSettings {
    const text = (section: string, key: string) => values.read(section, key, "string") ?? "";
    const given = <K extends string>(key: K, value: string | undefined) =>
        (value === undefined || value === "" ? {} : { [key]: value }) as { readonly [_ in K]?: string };
    const endpoint = values.read("luigi_s3", "endpoint_url", "endpoint");
    return {
        stack,
        directories,
        training: trainingSettings(values, directories, trainConfigPath(stack, values)),
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

/** Relative to the experiment directory. */
export function trainConfigPath(stack: StackSettings, values: ResolvedValues): string {
    const path = values.require("luigi_Train", "config", "path");
    return resolve(stack.directory, path === "" ? "train.yaml" : path);
}
