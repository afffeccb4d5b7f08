// The W&B key that `wandb login` left on this machine.
import { readFileSync } from "node:fs";
import { join } from "node:path";

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
