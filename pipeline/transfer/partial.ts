// How files are named that have not arrived whole; apart from what fetches them, which stages need not load.

/** Ending of files that are still arriving. */
export const partialSuffix = ".aframe-part";

/**
 * Where an object arrives before it takes its name. With the SHA-256 in the name, what was left by an interrupted run
 * is known to belong to these contents, and to no others.
 */
export function partialFile(file: string, sha256: string | undefined): string {
    return `${file}${sha256 === undefined ? "" : `.${sha256.slice(0, 16)}`}${partialSuffix}`;
}
