// What this machine's disk says of a stage's earlier runs. A preview has to be quick, so nothing is hashed.
import { access, stat } from "node:fs/promises";
import path from "node:path";
import { readPrevious } from "../../pipeline/stage/leftovers.ts";
import { artefactPath } from "../../pipeline/stage/manifest.ts";
import { attemptFile, recordFile } from "../../pipeline/stage/paths.ts";
import { readRecord, type StageRecord } from "../../pipeline/stage/records.ts";
import type { StageInputs } from "../../pipeline/stage/state.ts";

export interface Past {
    /** Of what it made last, with whatever settings. */
    readonly record?: StageRecord;
    /** Of what was set aside for a run with other settings that has not ended. */
    readonly previous?: StageRecord;
    /** Its record is of artefacts in another directory. */
    readonly moved: boolean;
    /** Its last run has begun and not ended. */
    readonly unfinished: boolean;
    /** Recorded artefacts that are missing or have another size. */
    readonly damaged: readonly string[];
    /** Those of the same size that were written to since; only their contents could tell more. */
    readonly touched: readonly string[];
}

/** The artefacts of a stage with a target are not looked at: the copies on S3 are the ones that count. */
export async function readPast(inputs: Pick<StageInputs, "stage" | "directory" | "root" | "target">): Promise<Past> {
    const { stage, directory, root } = inputs;
    const [record, previous, unfinished] = await Promise.all([
        readRecord(recordFile(directory, stage)),
        readPrevious(inputs),
        isThere(attemptFile(directory, stage)),
    ]);
    const moved = record !== undefined && record.root !== path.relative(directory, root);
    const looked = record && !moved && !inputs.target ? await lookAt(root, record) : { damaged: [], touched: [] };
    return { ...(record && { record }), ...(previous && { previous }), moved, unfinished, ...looked };
}

function isThere(file: string): Promise<boolean> {
    return access(file).then(
        () => true,
        () => false,
    );
}

/** As `verifyFiles` of the stages, by size and time alone. */
async function lookAt(
    root: string,
    { manifest, mtimes }: StageRecord,
): Promise<{ damaged: string[]; touched: string[] }> {
    const seen = await Promise.all(
        manifest.artefacts.map(async ({ name, size }) => {
            const found = await stat(artefactPath(root, name)).catch(() => undefined);
            const right = found?.isFile() === true && found.size === size;
            return { name, damaged: !right, touched: right && found.mtimeMs !== mtimes[name] };
        }),
    );
    const names = (what: "damaged" | "touched") => seen.filter((one) => one[what]).map(({ name }) => name);
    return { damaged: names("damaged"), touched: names("touched") };
}
