// Training curves of a training on this machine, from the files that Lightning writes into its run directory.
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { metricsVersions } from "../../pipeline/training/metrics.ts";
import { readCurves } from "../model/curves.ts";
import type { Curve } from "../model/report.ts";

/** @param since - leaves out what an earlier training has left there. @default all there is */
export async function readLocalCurves(runDir: string, since: string | undefined): Promise<Curve[]> {
    const folders = await readdir(path.join(runDir, "lightning_logs")).catch(() => []);
    const names = metricsVersions(folders.map((folder) => `lightning_logs/${folder}/metrics.csv`));
    const start = new Date(since ?? 0).getTime();
    const texts = await Promise.all(
        names.map(async (name) => {
            const file = path.join(runDir, name);
            const found = await stat(file).catch(() => undefined);
            return found && found.mtimeMs >= start ? [await readFile(file, "utf8")] : [];
        }),
    );
    return readCurves(texts.flat());
}
