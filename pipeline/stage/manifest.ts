// The list of what a stage made; a reader trusts only what a manifest lists and what matches it.
import { createHash } from "node:crypto";
import path from "node:path";
import packageJson from "../../package.json" with { type: "json" };

export interface Artefact {
    /** Relative to the stage's root, with forward slashes. */
    readonly name: string;
    readonly size: number;
    /** Hex. */
    readonly sha256: string;
}

export interface Manifest {
    readonly version: 1;
    readonly stage: string;
    readonly experiment: string;
    readonly settingsDigest: string;
    /** Upstream stage → digest of the manifest that the artefacts were made from. */
    readonly inputs?: Readonly<Record<string, string>>;
    /** What wrote it, as `name/version`. */
    readonly tool: string;
    /** ISO 8601. */
    readonly time: string;
    readonly artefacts: readonly Artefact[];
}

export const tool = `${packageJson.name}/${packageJson.version}`;

/** Key of a stage's manifest, relative to the prefix it describes. */
export function manifestName(stage: string): string {
    return `.aframe/${stage}.manifest.json`;
}

/** Covers names, sizes and contents alone, so a run that makes the same bytes again changes nothing downstream. */
export function manifestDigest(manifest: Pick<Manifest, "artefacts">): string {
    const hash = createHash("sha256");
    const sorted = [...manifest.artefacts].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, size, sha256 } of sorted) {
        hash.update(`${name}\t${size}\t${sha256}\n`);
    }
    return hash.digest("hex");
}

export function totalBytes({ artefacts }: { readonly artefacts: readonly Pick<Artefact, "size">[] }): number {
    return artefacts.reduce((sum, { size }) => sum + size, 0);
}

/** The local file of an artefact; names come from S3, so one that would leave the root is refused. */
export function artefactPath(root: string, name: string): string {
    const file = path.resolve(root, name);
    const relative = path.relative(path.resolve(root), file);
    const normal = relative.split(path.sep).join("/") === name;
    if (!normal || relative === "" || relative.startsWith("..") || path.isAbsolute(relative) || name.includes("\0")) {
        throw new Error(`artefact name ${JSON.stringify(name)} does not stay inside its directory`);
    }
    return file;
}

/** @param source - where the text came from, for the error */
export function parseManifest(text: string, source: string): Manifest {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch (error) {
        throw new Error(`${source} is not a manifest: ${(error as Error).message}`, { cause: error });
    }
    const manifest = value as Partial<Manifest> | null;
    if (manifest?.version !== 1 || typeof manifest.stage !== "string" || !Array.isArray(manifest.artefacts)) {
        throw new Error(`${source} is not a manifest of version 1`);
    }
    for (const artefact of manifest.artefacts as Partial<Artefact>[]) {
        const { name, size, sha256 } = artefact;
        if (typeof name !== "string" || !Number.isSafeInteger(size) || !/^[0-9a-f]{64}$/.test(sha256 ?? "")) {
            throw new Error(`${source}: bad entry ${JSON.stringify(artefact)}`);
        }
        artefactPath("/", name);
    }
    return manifest as Manifest;
}
