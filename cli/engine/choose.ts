// Which engine runs an operation: the real Pulumi CLI when it is there and new enough, else the embedded one.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import semver from "semver";
import type { Context } from "../commandLine.ts";
import { UsageError } from "../errors.ts";

export type EngineChoice =
    | { readonly kind: "pulumi"; readonly executable: string; readonly description: string }
    | { readonly kind: "embedded"; readonly description: string };

/** The program's dynamic providers in ESM need what this minor version of Pulumi 3 brought. */
const oldestPulumi = "3.200.0";

export const engineOption = {
    type: "string",
    choices: ["auto", "pulumi", "embedded"],
    description: "which engine runs it (default auto: pulumi when installed and new enough)",
} as const;

export async function chooseEngine(wanted: string | undefined, context: Context): Promise<EngineChoice> {
    if (wanted === "embedded") return { kind: "embedded", description: "embedded (--engine embedded)" };
    const executable = await findPulumi(context);
    if (executable === undefined) {
        const where = "no pulumi on PATH or in PULUMI_HOME/bin";
        if (wanted === "pulumi") throw new UsageError(`--engine pulumi: ${where}`);
        return { kind: "embedded", description: `embedded (${where})` };
    }
    const version = await readVersion(executable);
    const problem =
        version === undefined ? "tells no version" : semver.lt(version, oldestPulumi) ? "is too old" : undefined;
    const found = `${executable} ${version ?? ""}`.trim();
    if (problem === undefined)
        return { kind: "pulumi", executable, description: `pulumi ${version ?? ""} (${executable})` };
    const needed = `needed: ${oldestPulumi} or newer`;
    if (wanted === "pulumi") throw new UsageError(`--engine pulumi: ${found} ${problem}; ${needed}`);
    return { kind: "embedded", description: `embedded (${found} ${problem}; ${needed})` };
}

async function findPulumi({ environment, home }: Context): Promise<string | undefined> {
    const folders = [
        ...(environment.PATH ?? "").split(path.delimiter),
        path.join(environment.PULUMI_HOME || path.join(home, ".pulumi"), "bin"),
    ];
    for (const folder of folders.filter((name) => path.isAbsolute(name))) {
        const file = path.join(folder, "pulumi");
        if (await isExecutable(file)) return file;
    }
    return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
    try {
        await access(file, constants.X_OK);
        return (await stat(file)).isFile();
    } catch {
        return false;
    }
}

/** `3.260.0`; undefined when the program does not answer like the Pulumi CLI. */
async function readVersion(executable: string): Promise<string | undefined> {
    const { stdout, failed } = await execa(executable, ["version"], {
        reject: false,
        timeout: 20_000,
        env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return failed ? undefined : (semver.clean(stdout) ?? undefined);
}
