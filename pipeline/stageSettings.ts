// What of the configuration decides what a stage makes; an edit of anything else does not run it again.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { findKey } from "../config/defaults.ts";
import type { ExperimentSettings } from "../config/settings.ts";
import type { StageDefinition } from "./catalog.ts";

/** Keys that say where and how a task runs, not what it makes. */
const ignoredKeys = new Set([
    ...["workflow", "request_memory", "request_disk", "request_cpus", "condor_directory", "job_log"],
    ...["max_memory", "retries", "parallel_jobs", "poll_interval", "walltime", "tasks_per_job"],
    ...["accounting_group", "accounting_group_user", "container_root", "dev", "gpus", "remove_tmpdir"],
    ...["data_dir", "run_dir", "background_dir", "waveforms_dir", "output_dir", "tmp_dir", "segments_file"],
    ...["repository_directory", "batch_file", "rate_per_gpu", "triton_image", "sequence_id", "use_wandb"],
    // Of the remote training run, which is no local stage.
    ...["remote_image", "min_gpu_memory", "request_gpus", "cpus_per_gpu", "memory_per_cpu"],
    ...["use_init_containers", "use_init_container", "git_url", "git_ref"],
]);

/** Keys that name a yaml file; its contents count, its place and its comments do not. */
export const fileKeys: ReadonlySet<string> = new Set(["config", "train_config", "export_config"]);

/** Whether `[section] key` decides what the stage makes. */
export function decides({ settings }: StageDefinition, section: string, key: string): boolean {
    return settings.includes(section) && !ignoredKeys.has(key) && findKey(section, key)?.noEffect === undefined;
}

/** `section.key` → value of all that decides what a stage makes. */
export function settingsFor(definition: StageDefinition, settings: ExperimentSettings): Record<string, string> {
    const covered: Record<string, string> = {};
    for (const { section, key, value, secret } of settings.values) {
        if (decides(definition, section, key) && !secret) {
            covered[`${section}.${key}`] = fileKeys.has(key) ? contents(settings, value) : value;
        }
    }
    if (definition.name === "TrainLocal") {
        covered["luigi_Train.config"] = contents(settings, settings.training.trainConfig);
        // The learning rate and the batches of each process depend on how many there are.
        covered.gpus = String(settings.stack.gpus.split(",").filter((id) => id.trim() !== "").length);
    }
    return covered;
}

function contents(settings: ExperimentSettings, file: string): string {
    if (file === "") {
        return "";
    }
    let text: string;
    try {
        text = readFileSync(path.resolve(settings.stack.directory, file), "utf8");
    } catch {
        // Not on this machine: a path inside the container, which only its text can stand for.
        return file;
    }
    return `sha256:${digestOfYaml(text)}`;
}

/** Of what a yaml file says: neither its comments nor its layout count. */
export function digestOfYaml(text: string): string {
    const document = parseDocument(text);
    const meaning = document.errors.length > 0 ? text : JSON.stringify(document.toJS());
    return createHash("sha256").update(meaning).digest("hex");
}
