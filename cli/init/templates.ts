// The configuration files of a new experiment, from the templates beside this folder.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { explain } from "./explain.ts";

export const configFiles = ["sandbox.cfg", "base.cfg", "train.yaml", "export.yaml"] as const;

/** File name → text. */
export async function renderConfigFiles(directory: string): Promise<Record<(typeof configFiles)[number], string>> {
    const [sandbox, base, train, exported] = await Promise.all(configFiles.map(readTemplate));
    if (sandbox === undefined || base === undefined || train === undefined || exported === undefined) {
        throw new Error("a template is missing");
    }
    return {
        "sandbox.cfg": explain(sandbox)
            .replace("{baseConfig}", () => pathForCfg(directory, "base.cfg"))
            .replace("{trainConfig}", () => pathForCfg(directory, "train.yaml"))
            .replace("{exportConfig}", () => pathForCfg(directory, "export.yaml")),
        "base.cfg": explain(base),
        "train.yaml": train,
        "export.yaml": exported,
    };
}

function readTemplate(name: string): Promise<string> {
    return readFile(path.join(import.meta.dirname, "..", "templates", name), "utf8");
}

/**
 * Absolute where a cfg can hold the path. law expands `$`, `~`, braces and commas in paths, gives up at `%`, and a
 * comment may follow a value after " #", so in such a directory the path is relative to the cfg itself.
 */
export function pathForCfg(directory: string, file: string): string {
    const absolute = path.join(directory, file);
    return /^[\p{L}\p{M}\p{N}\p{Pd} _@+=:./]+$/u.test(absolute) ? absolute : file;
}
