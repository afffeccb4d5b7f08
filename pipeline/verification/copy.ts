// What is to be verified, and what comes of it.
import type { S3Location } from "../../config/settings.ts";
import type { Artefact, Manifest } from "../stage/manifest.ts";
import type { TransferOptions } from "../transfer/options.ts";

/** What a stage, or a training on the cluster, should have left, and where. */
export interface Subject {
    /** `Train` for a training on the cluster. */
    readonly stage: string;
    /** The local directory its artefacts are relative to. */
    readonly root: string;
    /** Where the artefacts that count are. @default in `root` */
    readonly location?: S3Location;
    /** Digest of its manifest as the state has it; empty while it waits. @default the state does not know it */
    readonly expected?: string;
    /** An operation has begun it and not recorded its end, so that its files may be anything. */
    readonly isStarted: boolean;
    /** The training that the state's Job is for. @default no Job in the state */
    readonly training?: TrainingFacts;
}

export interface TrainingFacts {
    /** Names the training: settings, code and data. */
    readonly digest: string;
    /** Stage → digest of the manifest that its pod fetches. */
    readonly data: Readonly<Record<string, string>>;
}

/** Something that is wrong. */
export interface Finding {
    /** `inputs`: made from other files than those that are there now; `unknown`: it could not be looked at. */
    readonly kind: "missing" | "changed" | "manifest" | "inputs" | "unknown";
    /** The artefact, or the upstream stage of `inputs`. @default it is about the whole copy */
    readonly name?: string;
    /** A sentence; it begins with the name, if there is one. */
    readonly message: string;
    /** Only reading every byte tells: a refresh does not see it. */
    readonly deep?: true;
}

/**
 * `damaged`, `outdated` (made from other files than are there now) and `unknown` are wrong. `partial` and `stale` are
 * mirrors that lack files, or have those of another run: what is on S3 counts, and is fetched when a stage needs it.
 */
export type CopyState =
    | "right"
    | "damaged"
    | "outdated"
    | "unknown"
    | "partial"
    | "stale"
    | "started"
    | "not made"
    | "not sent";

/** The artefacts of one stage in one place. */
export interface Copy {
    readonly stage: string;
    /** `here`: on this machine, as the only ones; `mirror`: on this machine, of those on S3. */
    readonly kind: "s3" | "here" | "mirror";
    /** An S3 address or an absolute path. */
    readonly where: string;
    /** As its manifest lists them. */
    readonly files: number;
    readonly bytes: number;
    readonly state: CopyState;
    readonly findings: readonly Finding[];
    /** What is to be said of it and is not wrong; a sentence each. */
    readonly notes: readonly string[];
}

/** An artefact whose bytes are to be read. */
export interface Unread extends Artefact {
    /** All but the bytes is as it was recorded, so that a refresh takes it for right. */
    readonly seemsRight: boolean;
}

/** A copy as names, sizes, times and metadata show it: whose bytes are still to be read is in it. */
export interface Look extends Pick<Copy, "stage" | "kind" | "where" | "findings" | "notes"> {
    /** Set when no file has a say in it. */
    readonly state?: CopyState;
    /** What its files are compared with. */
    readonly manifest?: Manifest;
    readonly unread: readonly Unread[];
    /** Gives the SHA-256 of the bytes that are there, in hex. */
    readonly hash: (artefact: Artefact, options: TransferOptions) => Promise<string>;
}

export function isWrong({ state }: Pick<Copy, "state">): boolean {
    return state === "damaged" || state === "outdated" || state === "unknown";
}
