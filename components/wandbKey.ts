// The W&B key: the one that `wandb login` left on this machine, and what is said when there is none.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfigError } from "../config/errors.ts";
import type { ExperimentSettings } from "../config/settings.ts";
import { configProblem } from "./configProblem.ts";

/** WANDB_API_KEY, else the entry for W&B's server in ~/.netrc; the order in which W&B itself looks. */
export function findWandbKey(environment: NodeJS.ProcessEnv, home: string): string | undefined {
    if (environment.WANDB_API_KEY !== undefined && environment.WANDB_API_KEY !== "") {
        return environment.WANDB_API_KEY;
    }
    let text: string;
    try {
        text = readFileSync(join(home, ".netrc"), "utf8");
    } catch {
        return undefined;
    }
    const entry = /\bmachine\s+api\.wandb\.ai\s+((?:(?!\b(?:machine|default)\b)\S+\s*)*)/.exec(text)?.[1];
    return entry === undefined ? undefined : /(?:^|\s)password\s+(\S+)/.exec(entry)?.[1];
}

export function missingWandbKey(settings: ExperimentSettings): ConfigError {
    return configProblem(
        settings,
        "luigi_wandb",
        "api_key",
        "is not set, and training logs to W&B (use_wandb)",
        "aframe config set --secret wandbApiKey, or wandb login, or use_wandb = False",
    );
}
