// What an S3 server refuses, sorted by what has to change; each reason is told by one check alone.
import { S3ServiceException } from "@aws-sdk/client-s3";
import { Blocked } from "../check.ts";
import { Unreachable } from "./unreachable.ts";

export type Reason = "keys" | "clock" | "bucket" | "quota" | "right";

/** Its cause is the server's answer. */
export class Refused extends Error {
    override readonly name = "Refused";
    readonly reason: Reason;
    /** S3's word for it, such as `NoSuchBucket`. */
    readonly code: string;

    constructor(reason: Reason, code: string, cause?: unknown) {
        super(code, { cause });
        this.reason = reason;
        this.code = code;
    }
}

const reasons: Readonly<Record<string, Reason>> = {
    InvalidAccessKeyId: "keys",
    SignatureDoesNotMatch: "keys",
    ExpiredToken: "keys",
    InvalidToken: "keys",
    UserSuspended: "keys",
    RequestTimeTooSkewed: "clock",
    NoSuchBucket: "bucket",
    InvalidBucketName: "bucket",
    PermanentRedirect: "bucket",
    AuthorizationHeaderMalformed: "bucket",
    QuotaExceeded: "quota",
};

/** Undefined for a failure that is no refusal. */
export function refusalOf(error: unknown): Refused | undefined {
    const answer = error instanceof Error && error.cause instanceof S3ServiceException ? error.cause : error;
    if (answer instanceof Refused) return answer;
    if (!(answer instanceof S3ServiceException)) return undefined;
    // What has no code of S3 was refused by something else, such as a proxy.
    const isOfS3 = "Code" in answer;
    const isRight = isOfS3 && answer.$metadata.httpStatusCode === 403;
    const reason = reasons[answer.name] ?? (isRight ? "right" : undefined);
    return reason && new Refused(reason, answer.name, answer);
}

const toldElsewhere: Readonly<Record<Reason, string>> = {
    keys: "there are no keys that the S3 server takes",
    clock: "the S3 server does not agree about the time",
    bucket: "the bucket cannot be asked",
    quota: "the quota is used up",
    right: "the keys have not the right to ask",
};

/** Throws Blocked when another check tells why there is no answer. */
export function answerTo<T>(question: Promise<T>): Promise<T> {
    return question.catch((error: unknown) => {
        throw tellElsewhere(error);
    });
}

/** The answer, or a refusal for one of these reasons. Throws Blocked when another check tells why there is neither. */
export function answerOr<T>(mine: readonly Reason[], question: Promise<T>): Promise<T | Refused> {
    return question.catch((error: unknown) => {
        if (error instanceof Refused && mine.includes(error.reason)) return error;
        throw tellElsewhere(error);
    });
}

function tellElsewhere(error: unknown): unknown {
    if (error instanceof Unreachable) return new Blocked("the S3 server cannot be reached");
    return error instanceof Refused ? new Blocked(toldElsewhere[error.reason]) : error;
}
