// How much lies where a destroy deletes it or leaves it: objects under prefixes on S3, and files of stages here.
import { stat } from "node:fs/promises";
import type { S3Location } from "../../config/settings.ts";
import { artefactPath } from "../../pipeline/stage/manifest.ts";
import { recordFile } from "../../pipeline/stage/paths.ts";
import { readRecord } from "../../pipeline/stage/records.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";

/** What a resource of a stack holds beside its entry in the state. */
export type Holding = PrefixHolding | FilesHolding;

export interface PrefixHolding {
    readonly kind: "prefix";
    readonly location: S3Location;
    /** What the prefix's ownership marker must say. */
    readonly owner: string;
    /** @default the usual AWS chain */
    readonly s3?: S3Connection;
}

export interface FilesHolding {
    readonly kind: "files";
    readonly stage: string;
    /** The experiment directory. */
    readonly directory: string;
    /** The directory of its artefacts. */
    readonly root: string;
}

export interface Amount {
    readonly count: number;
    readonly bytes: number;
    /** Whether there is more, which was not counted. */
    readonly more: boolean;
}

/** An amount, or in words why there is none to tell. */
export type Counted = Amount | { readonly problem: string };

export interface Bounds {
    /** Objects of one prefix. @default 100,000 */
    readonly most?: number;
    /** Of all prefixes together. @default 10,000 */
    readonly forMs?: number;
}

/** Side by side, each as far as the bounds allow; writes nothing. */
export function countHoldings(
    holdings: readonly Holding[],
    bounds: Bounds = {},
): Promise<(readonly [Holding, Counted])[]> {
    return Promise.all(
        holdings.map(async (holding) => {
            const counted = holding.kind === "prefix" ? countPrefix(holding, bounds) : countFiles(holding);
            return [holding, await counted] as const;
        }),
    );
}

async function countPrefix(
    { location, owner, s3 }: PrefixHolding,
    { most = 100_000, forMs = 10_000 }: Bounds,
): Promise<Counted> {
    const [{ clientFor }, { assertOwner }, { countObjects }] = await Promise.all([
        import("../../pipeline/transfer/client.ts"),
        import("../../pipeline/transfer/owner.ts"),
        import("../../pipeline/transfer/purge.ts"),
    ]);
    // Counting ends by itself; the signal is for a server that does not answer.
    const signal = AbortSignal.timeout(2 * forMs);
    const options = { retries: 1, signal };
    try {
        const client = clientFor(s3);
        await assertOwner(client, location, owner, options);
        const { objects: count, bytes, more } = await countObjects(client, location, options, { most, forMs });
        return { count, bytes, more };
    } catch (error) {
        return { problem: signal.aborted ? `${location.uri}: the server does not answer` : (error as Error).message };
    }
}

async function countFiles({ stage, directory, root }: FilesHolding): Promise<Counted> {
    const record = await readRecord(recordFile(directory, stage));
    const sizes = await Promise.all(
        (record?.manifest.artefacts ?? []).map(({ name }) =>
            stat(artefactPath(root, name)).then(
                ({ size }) => [size],
                () => [],
            ),
        ),
    );
    const there = sizes.flat();
    return { count: there.length, bytes: there.reduce((sum, size) => sum + size, 0), more: false };
}
