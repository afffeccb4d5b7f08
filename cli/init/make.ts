// The last step to a new experiment: its files are compared with what is there, and those that differ are written.
import path from "node:path";
import type { Context } from "../commandLine.ts";
import { isSystemError, UsageError } from "../errors.ts";
import { compareFiles, type FileComparison } from "./compare.ts";
import { type ExperimentFiles, writeExperiment } from "./write.ts";

export type NewExperiment = Omit<ExperimentFiles, "executable">;

/** @param judge - throws when something may not be written over */
export async function makeExperiment(
    experiment: NewExperiment,
    { checkout }: Context,
    judge: (comparison: readonly FileComparison[]) => Promise<void> | void,
): Promise<{ backup?: string }> {
    const { directory, texts, stackFile } = experiment;
    const comparison = await compareFiles([
        ...Object.entries(texts).map(([name, text]) => ({ name, path: path.join(directory, name), text })),
        { name: path.relative(checkout, stackFile.path), ...stackFile },
    ]);
    await judge(comparison);
    const outdated = Object.keys(texts).filter((name) =>
        comparison.some((file) => file.name === name && file.state !== "same"),
    );
    const changed = Object.fromEntries(outdated.map((name) => [name, texts[name] ?? ""]));
    return write({ ...experiment, texts: changed, executable: ["run.sh"] });
}

/** A place that cannot be written to is wrong input; a full disk is not. */
async function write(files: ExperimentFiles): Promise<{ backup?: string }> {
    try {
        return await writeExperiment(files);
    } catch (error) {
        if (isSystemError(error) && !["ENOSPC", "EDQUOT", "EIO"].includes(error.code ?? "")) {
            throw new UsageError(`cannot write ${files.directory}: ${error.message}`);
        }
        throw error;
    }
}
