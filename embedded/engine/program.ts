// The user's program: run, unchanged, by the program host that @pulumi/pulumi ships.
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { StackConfig } from "../state/stackFile.ts";
import { Child, nodeCommand } from "./processes.ts";

const require = createRequire(import.meta.url);
const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));

/** The version that goes into states: that of the SDK whose protocol the engine speaks. */
export const sdkVersion = `v${(require("@pulumi/pulumi/package.json") as { version: string }).version}`;

/** The plugin for dynamic resources; part of the SDK. */
export const dynamicProviderCommand = nodeCommand(join(sdk, "cmd/dynamic-provider"));

/** The host has logged the error itself when it ends with this code. */
export const exitAfterLoggedError = 32;

/** What Pulumi.yaml says. */
export interface Project {
    readonly name: string;
    readonly root: string;
    /** Folder of the program, and its entry point within; "." leaves it to package.json. */
    readonly directory: string;
    readonly entry: string;
    readonly environment: Readonly<Record<string, string>>;
}

interface ProjectFile {
    readonly name?: unknown;
    readonly main?: unknown;
    readonly config?: unknown;
    readonly plugins?: unknown;
    readonly runtime?: string | { readonly name?: string; readonly options?: Readonly<Record<string, unknown>> };
}

export async function readProject(directory: string): Promise<Project> {
    const root = resolve(directory);
    const path = join(root, "Pulumi.yaml");
    const file = ((parse(await readFile(path, "utf8")) as unknown) ?? {}) as ProjectFile;
    if (typeof file.name !== "string" || file.name === "") {
        throw new Error(`${path}: "name" is missing`);
    }
    const runtime = typeof file.runtime === "string" ? { name: file.runtime } : (file.runtime ?? {});
    if (runtime.name !== "nodejs") {
        throw new Error(
            `${path}: runtime ${String(runtime.name)} is not supported by the embedded engine, only nodejs`,
        );
    }
    for (const key of ["config", "plugins"] as const) {
        if (file[key] !== undefined) {
            throw new Error(`${path}: "${key}" is not supported by the embedded engine`);
        }
    }
    const main = typeof file.main === "string" ? join(root, file.main) : root;
    const isDirectory = (await stat(main)).isDirectory();
    const typescript = "options" in runtime ? runtime.options.typescript : undefined;
    return {
        name: file.name,
        root,
        directory: isDirectory ? main : dirname(main),
        entry: isDirectory ? "." : main,
        environment: { PULUMI_NODEJS_TYPESCRIPT: String(typescript !== false) },
    };
}

export interface ProgramOptions {
    readonly project: Project;
    readonly stack: string;
    readonly config: StackConfig;
    readonly address: string;
    readonly preview: boolean;
    readonly parallel: number;
    readonly onOutput: (line: string) => void;
    readonly onErrorOutput: (line: string) => void;
}

export function startProgram(options: ProgramOptions): Child {
    const { project, config } = options;
    const flags = {
        monitor: options.address,
        engine: options.address,
        project: project.name,
        stack: options.stack,
        pwd: project.directory,
        "root-directory": project.root,
        organization: "organization",
        parallel: String(options.parallel),
    };
    return new Child({
        command: nodeCommand(
            join(sdk, "cmd/run"),
            ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
            ...(options.preview ? ["--dry-run"] : []),
            project.entry,
        ),
        directory: project.directory,
        environment: {
            ...project.environment,
            PULUMI_CONFIG: JSON.stringify(config.values),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
        },
        onOutput: options.onOutput,
        onErrorOutput: options.onErrorOutput,
    });
}
