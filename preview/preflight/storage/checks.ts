// The checks of the S3 server, for experiments with data or trained model there.
import { Blocked, type Check, type CheckResult, type Subject } from "../check.ts";
import { checkBuckets } from "./bucket.ts";
import { checkClock } from "./clock.ts";
import { checkCredentials } from "./credentials.ts";
import { isEndpointReplaced, s3Directories } from "./directories.ts";
import { checkEndpoint } from "./endpoint.ts";
import { checkOwnership } from "./ownership.ts";
import { checkPodEndpoint } from "./podEndpoint.ts";
import { Questions, type Storage } from "./questions.ts";
import { checkRights } from "./rights.ts";

type StorageCheck = (storage: Storage, signal: AbortSignal) => CheckResult | Promise<CheckResult>;

const always: readonly (readonly [string, StorageCheck])[] = [
    ["endpoint", checkEndpoint],
    ["credentials", checkCredentials],
    ["bucket", checkBuckets],
    ["rights", checkRights],
    ["ownership", checkOwnership],
    ["clock", checkClock],
];

/** @param answerWithinMs - less than a check may take, so that a silent server is told once and not by every check */
export function storageChecks(subject: Subject, answerWithinMs = 3000): Check[] {
    const { settings } = subject;
    const directories = s3Directories(settings);
    const [first] = directories;
    if (first === undefined) return [];
    const storage = { settings, directories, questions: new Questions(subject, first.location.bucket, answerWithinMs) };
    const isRemote = settings.training.where === "remote";
    const checks = isRemote ? [...always, ["endpoint for pods", checkPodEndpoint] as const] : always;
    return checks.map(([name, check]) => ({
        group: "S3",
        name,
        run: async (signal) => {
            if (isEndpointReplaced(settings)) throw new Blocked("the address of the S3 server is wrong");
            return check(storage, signal);
        },
    }));
}
