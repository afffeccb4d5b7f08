// Whether each bucket is there, or is to be made and is not there yet.
import type { Problem } from "../../../config/errors.ts";
import { didYouMean } from "../../../config/similar.ts";
import { isOfStack } from "../../../pipeline/transfer/prefixClaim.ts";
import type { CheckResult } from "../check.ts";
import type { S3Directory } from "./directories.ts";
import type { Storage } from "./questions.ts";
import { answerOr, Refused } from "./refusal.ts";

export async function checkBuckets(storage: Storage, signal: AbortSignal): Promise<CheckResult> {
    const { directories } = storage;
    // One directory of each bucket speaks for it.
    const buckets = new Map(directories.map((directory) => [directory.location.bucket, directory]));
    const results = await Promise.all([...buckets.values()].map((directory) => lookAt(storage, directory, signal)));
    return {
        summary: results.map(({ summary }) => summary).join(", "),
        findings: results.flatMap(({ findings = [] }) => findings),
    };
}

async function lookAt(storage: Storage, directory: S3Directory, signal: AbortSignal): Promise<CheckResult> {
    const { questions, settings } = storage;
    const { location, place } = directory;
    const { bucket } = location;
    const { createBucket } = settings.stack;
    const answer = await answerOr(["bucket", "right"], questions.listing(location, signal));
    if (answer instanceof Refused && answer.reason === "bucket") {
        const isMissing = answer.code === "NoSuchBucket";
        if (isMissing && createBucket) return { summary: `${bucket} will be made` };
        const known = isMissing ? await questions.buckets(signal).catch(() => []) : [];
        const problem = { ...place, ...describeUnusable(bucket, answer, known) };
        return { summary: `${bucket}: ${answer.code}`, findings: [{ level: "error", problem }] };
    }
    // One that may not be listed is there; what may be done in it is another question.
    const isForeign = answer instanceof Refused;
    return createBucket ? judgeExisting(storage, directory, isForeign, signal) : { summary: bucket };
}

function describeUnusable(bucket: string, { code, cause }: Refused, known: readonly string[]): Problem {
    switch (code) {
        case "NoSuchBucket": {
            const meant = didYouMean(bucket, known);
            const making = "aframe:createBucket: true makes it";
            const suggestion = meant === undefined ? making : `${meant} else ${making}`;
            return { message: `there is no bucket ${bucket}`, suggestion };
        }
        case "InvalidBucketName":
            return { message: `the server takes no bucket of the name ${bucket}` };
        default: {
            const message = `the bucket ${bucket} is in ${regionIn(cause)}, and Amazon's are used in us-east-1 only`;
            return { message, suggestion: "use a bucket in us-east-1, or another server" };
        }
    }
}

/** Told in one of two ways by Amazon, and by others perhaps not at all. */
function regionIn(cause: unknown): string {
    const { Region, $response } = cause as {
        readonly Region?: string;
        readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
    };
    return Region ?? $response?.headers?.["x-amz-bucket-region"] ?? "another region";
}

/** The stack's own one is known by a marker in it, as what a stack has made stands in its state alone. */
async function judgeExisting(
    { questions, directories, settings }: Storage,
    { location: { bucket }, place }: S3Directory,
    isForeign: boolean,
    signal: AbortSignal,
): Promise<CheckResult> {
    const within = directories.filter(({ location }) => location.bucket === bucket);
    const owners = await Promise.all(
        within.map(({ location }) => answerOr(["right"], questions.owner(location, signal))),
    );
    const isOwn = owners.some((owner) => typeof owner === "string" && isOfStack(owner, settings.stack.name));
    if (isOwn) return { summary: `${bucket}, with this stack's marker` };
    const message = `the bucket ${bucket} is there already, and aframe:createBucket makes one that must not be`;
    const suggestion = "remove aframe:createBucket, unless this very stack has just made the bucket";
    const level = isForeign ? "error" : "warning";
    return { summary: `${bucket} is there already`, findings: [{ level, problem: { ...place, message, suggestion } }] };
}
