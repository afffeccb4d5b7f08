// How files are named that have not arrived whole; apart from what fetches them, which stages need not load.

/** Ending of files that are still arriving. */
export const partialSuffix = ".aframe-part";
