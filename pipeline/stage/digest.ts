// What decides whether a stage has to run again.
import { createHash } from "node:crypto";
import type { StageInputs } from "./state.ts";

/** Flags that say how a task runs, not what it makes; true for those that take a value. */
const ignoredFlags: Readonly<Record<string, boolean>> = {
    "--workers": true,
    "--gpus": true,
    "--dev": false,
    "--local-scheduler": false,
    "--log-level": true,
    "--print-status": true,
    "--workflow": true,
};

/** The task and those of its flags that matter; the command in front of `run` does not. */
export function taskShape(command: readonly string[]): string[] {
    const words = command.slice(command.lastIndexOf("run") + 1);
    const shape: string[] = [];
    for (let i = 0; i < words.length; i++) {
        const word = words[i] ?? "";
        const [flag = ""] = word.split("=", 1);
        if (!(flag in ignoredFlags)) {
            shape.push(word);
        } else if (ignoredFlags[flag] && word === flag) {
            i++;
        }
    }
    return shape;
}

export function settingsDigest(inputs: Pick<StageInputs, "stage" | "command" | "settings" | "produces">): string {
    const text = JSON.stringify([
        inputs.stage,
        taskShape(inputs.command),
        Object.entries(inputs.settings).sort(([a], [b]) => (a < b ? -1 : 1)),
        inputs.produces,
    ]);
    return createHash("sha256").update(text).digest("hex");
}
