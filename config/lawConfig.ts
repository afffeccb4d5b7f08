// The resolved cfg that stages hand to law: every value explicit, nothing left to look up, no credentials.
import { findKey } from "./defaults.ts";
import { escapeExpansion } from "./expand.ts";
import { pathsSection } from "./keys/services.ts";
import { trainingKeys } from "./keys/training.ts";
import type { ExperimentSettings } from "./settings.ts";

/** Whether what `[section] key` says is handed to law; credentials go another way, and some is for this program only. */
export function isForLaw(section: string, key: string): boolean {
    const known = findKey(section, key);
    const isInclude = section === "core" && (key === "inherit" || key === "extend");
    const isElsewhere = known?.secret ?? known?.own ?? (isInclude || section === pathsSection.name);
    // A task may insist on a parameter that it ignores; such a key has a default.
    const isIdle = known?.noEffect !== undefined && known.default === undefined;
    return !isElsewhere && !isIdle;
}

/** Text of a cfg with the same values for every task as `settings`, for law to read alone. */
export function renderLawConfig(settings: ExperimentSettings): string {
    const sections = new Map<string, Map<string, string>>();
    for (const { section, key, value, secret } of settings.values) {
        // An empty endpoint would keep the S3 clients from their own default.
        const isUnset = value === "" && findKey(section, key)?.type === "endpoint";
        if (!secret && !isUnset && isForLaw(section, key)) {
            put(sections, section, key, value);
        }
    }
    // A LAW__section__key variable of the user's shell would beat this file; those of the stack are in it already.
    put(sections, "core", "sync_env", "false");
    // Without it no task would get any of these values.
    put(sections, "core", "sync_luigi_config", "true");
    // law's logger prints luigi's lines already; luigi's own set-up would print each of them a second time.
    put(sections, "luigi_core", "no_configure_logging", "true");
    putTraining(sections, settings);
    const blocks = [...sections].map(([name, values]) =>
        [`[${name}]`, ...[...values].map(([key, value]) => renderValue(key, value)), ""].join("\n"),
    );
    return [`# Made by aframe for the stack ${settings.stack.name}; edits are overwritten.`, "", ...blocks].join("\n");
}

/** Run alone, TrainLocal reads its own section; and both versions of Aframe find the yaml by an absolute path. */
function putTraining(sections: Map<string, Map<string, string>>, settings: ExperimentSettings): void {
    const { trainConfig } = settings.training;
    for (const key of ["config", "train_config"]) {
        put(sections, "luigi_Train", key, trainConfig);
        put(sections, "luigi_TrainLocal", key, trainConfig);
    }
    const keys = trainingKeys.map(({ key }) => key).filter((key) => key !== "config");
    for (const key of [...keys, "container_root"]) {
        const value = sections.get("luigi_Train")?.get(key);
        if (value !== undefined) {
            put(sections, "luigi_TrainLocal", key, value);
        }
    }
}

function put(sections: Map<string, Map<string, string>>, section: string, key: string, value: string): void {
    const values = sections.get(section) ?? new Map<string, string>();
    sections.set(section, values.set(key, value));
}

/** Lines of a value after its first are indented, which is what makes them part of it. */
export function renderValue(key: string, value: string): string {
    return `${key} = ${escapeExpansion(value).replaceAll("%", "%%").replaceAll("\n", "\n    ")}`.trimEnd();
}
