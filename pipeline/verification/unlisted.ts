// Objects under an experiment's prefixes that no manifest lists.
import type { S3Location } from "../../config/settings.ts";
import { ownerMarkerName } from "../transfer/owner.ts";
import type { Look } from "./copy.ts";
import type { Listing } from "./objects.ts";

export interface Unlisted {
    readonly uri: string;
    readonly bytes: number;
    /** Relative to the prefix, sorted. */
    readonly names: readonly string[];
}

/** What this program and the training pod keep beside artefacts: manifests, the run, logs, metrics, checkpoints. */
const ours = [
    /^run\.json$/,
    /^\.aframe\//,
    /^logs\/[^/]+\/[^/]+\.log$/,
    /^lightning_logs\/version_[^/]+\/(metrics\.csv$|checkpoints\/)/,
];

function isOurs(name: string): boolean {
    return name === ownerMarkerName || ours.some((pattern) => pattern.test(name));
}

/** Undefined when there are none, and while something is on its way there: an upload sends its manifest last. */
export function findUnlisted(location: S3Location, listing: Listing, looks: readonly Look[]): Unlisted | undefined {
    const there = looks.filter(({ kind, where }) => kind === "s3" && where === location.uri);
    if (listing instanceof Error || there.some(({ state }) => state === "started")) {
        return undefined;
    }
    const listed = new Set(there.flatMap(({ manifest }) => manifest?.artefacts.map(({ name }) => name) ?? []));
    const unlisted = [...listing].filter(([name]) => !listed.has(name) && !isOurs(name));
    const bytes = unlisted.reduce((sum, [, size]) => sum + size, 0);
    return unlisted.length > 0 ? { uri: location.uri, bytes, names: unlisted.map(([name]) => name).sort() } : undefined;
}
