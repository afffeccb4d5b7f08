// What a check is: one question to the world, asked before anything runs.
import type { Problem } from "../../config/errors.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";

/** What the checks of an experiment are about, and what they may use of this machine. */
export interface Subject {
    readonly settings: ExperimentSettings;
    /** As this machine reaches S3, keys in clear when the stack or the cfg gives them. */
    readonly s3: S3Connection;
    /** Of stack, cfg or this machine; undefined when there is none. Never shown. */
    readonly wandbApiKey?: string;
    /** What the training data will take, or take already. */
    readonly dataBytes: number;
    /** Beside the one next to the SSH key and the keys that GitHub publishes. */
    readonly knownHostsFiles: readonly string[];
    readonly home: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Finding {
    /**
     * `error`: the experiment cannot work. `warning`: it probably is not what is meant, or could not be told in time.
     * `unknown`: this user may not look, which is usual and no reason to worry.
     */
    readonly level: "error" | "warning" | "unknown";
    readonly problem: Problem;
}

export interface CheckResult {
    /** What was seen, in a few words, for those who want to know: `9 of 9 rights in the namespace physics`. */
    readonly summary: string;
    /** @default none */
    readonly findings?: readonly Finding[];
}

export interface Check {
    readonly group: "configuration" | "Kubernetes" | "S3" | "code" | "this machine";
    /** What is asked about: `rights`, `bucket`, `disk space`. */
    readonly name: string;
    /** Ends early when the signal says so. May throw Blocked; any other error becomes a warning. */
    run(signal: AbortSignal): Promise<CheckResult>;
}

/** Another check has failed, and tells why; this one cannot be made. */
export class Blocked extends Error {
    override readonly name = "Blocked";
}
