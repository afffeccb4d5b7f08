// The configuration of a repeated run: one cfg with every value of its run.json, references kept, and the files it names.
import path from "node:path";
import { escapeExpansion } from "../../config/expand.ts";
import { pathsSection } from "../../config/keys/services.ts";
import { renderValue } from "../../config/lawConfig.ts";
import type { RunFile } from "../../pipeline/provenance/runFile.ts";
import { fileKeys } from "../../pipeline/stageSettings.ts";
import { explain } from "./explain.ts";
import { pathForCfg } from "./templates.ts";

export interface RepeatedValue {
    readonly section: string;
    readonly key: string;
    /** As the cfg of the new experiment must resolve to. */
    readonly value: string;
    /** The first reference followed to it. */
    readonly reference?: string;
}

/** Path in the run → name in the new experiment directory, each name once. */
export function namesOfFiles({ files }: RunFile): Map<string, string> {
    const names = new Map<string, string>();
    for (const file of Object.keys(files)) {
        const { name, ext } = path.parse(file);
        const used = new Set(names.values());
        let candidate = `${name}${ext}`;
        for (let count = 2; used.has(candidate); count += 1) candidate = `${name}-${count}${ext}`;
        names.set(file, candidate);
    }
    return names;
}

/** The values that the new cfg must give: those of the run, but for its places and the branch that has its commit. */
export function repeatedValues(run: RunFile, directory: string, relocate: (text: string) => string): RepeatedValue[] {
    const names = namesOfFiles(run);
    return run.settings.filter(isRepeated).map(({ section, key, value, via }) => {
        if (section === "luigi_Train" && key === "git_ref" && run.code?.url !== undefined) {
            return { section, key, value: run.code.commit };
        }
        const file =
            fileKeys.has(key) && value !== "" ? names.get(path.resolve(run.stack.directory, value)) : undefined;
        if (file !== undefined) return { section, key, value: pathForCfg(directory, file) };
        const [first] = via;
        return { section, key, value: relocate(value), ...(first !== undefined && { reference: first }) };
    });
}

/** The variables of the stack decide the directories, and all that was inherited is in the one cfg. */
function isRepeated({ section, key }: RunFile["settings"][number]): boolean {
    const isInclude = section === "core" && (key === "inherit" || key === "extend");
    return section !== pathsSection.name && !isInclude;
}

export function renderRepeatedConfig(run: RunFile, source: string, values: readonly RepeatedValue[]): string {
    const sections = new Map<string, string[]>();
    for (const { section, key, value, reference } of values) {
        const line = reference === undefined ? renderValue(key, value) : `${key} = &::${reference}`;
        sections.set(section, [...(sections.get(section) ?? []), line]);
    }
    const blocks = [...sections].map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"));
    const head = [
        `# Repeats the run of ${run.experiment} of ${run.training.finished ?? run.time}, by ${source}.`,
        "# Every value is here; credentials are not, as a run.json has none.",
    ];
    return explain([...head, "", ...blocks].join("\n"));
}

/** A value as it stands in the stack's config, which law's own escapes hold for too. */
export function overrideText(value: string): string {
    return escapeExpansion(value).replaceAll("%", "%%");
}
