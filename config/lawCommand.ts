// The command that starts law for an experiment.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StackSettings } from "./settings.ts";

/**
 * `aframe:law`, else by the lock file of the Aframe checkout that AFRAME_REPO names, else `law` on PATH. The checkout
 * never becomes the current folder where that can be avoided: a luigi.cfg in it would beat the experiment's own values.
 */
export function findLawCommand(stack: StackSettings): readonly string[] {
    if (stack.law !== undefined) {
        return stack.law;
    }
    const checkout = stack.environment.AFRAME_REPO ?? "";
    if (checkout === "") {
        return ["law"];
    }
    if (existsSync(join(checkout, "uv.lock"))) {
        return ["uv", "run", "--project", checkout, "law"];
    }
    const poetryLock = join(checkout, "poetry.lock");
    if (existsSync(poetryLock)) {
        return ["poetry", isFromPoetry1(poetryLock) ? "--directory" : "--project", checkout, "run", "law"];
    }
    return ["law"];
}

/** Poetry 1 has no --project, and its --directory does not change the current folder as that of Poetry 2 does. */
function isFromPoetry1(lockFile: string): boolean {
    const firstLine = readFileSync(lockFile, "utf8").split("\n", 1)[0] ?? "";
    return !/by Poetry ([2-9]|\d\d)\./.test(firstLine);
}
