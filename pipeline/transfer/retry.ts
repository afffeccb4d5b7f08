// Which failures of a server are worth another attempt, and how often.
import { S3ServiceException } from "@aws-sdk/client-s3";
import pRetry from "p-retry";
import { LocalFileError } from "./localFile.ts";
import { defaults, type TransferOptions } from "./options.ts";

/** What arrived is not what was sent. */
export class IntegrityError extends Error {
    override readonly name = "IntegrityError";
}

/** An answer of nothing at all is read as one without entries; of those named here, a whole one has each. */
export function assertWhole<T extends object>(answer: T, ...elements: (keyof T)[]): T {
    if (elements.some((element) => answer[element] === undefined)) {
        throw new IntegrityError("the answer is empty or was cut");
    }
    return answer;
}

const transientCodes = new Set([
    "ECONNRESET",
    "ECONNREFUSED",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENETUNREACH",
    "EHOSTUNREACH",
    "ERR_STREAM_PREMATURE_CLOSE",
]);
const transientNames = new Set([
    "TimeoutError",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "InternalError",
    "ServiceUnavailable",
    "OperationAborted",
    "IntegrityError",
    // What arrived was not what had been announced: it changed, or was cut, on its way.
    "BadDigest",
    "IncompleteBody",
    "XAmzContentSHA256Mismatch",
]);
const expiredNames = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"]);

/** Whether the server took the credentials for ones that were right once. */
export function areExpired(error: unknown): boolean {
    return expiredNames.has((error as { name?: string }).name ?? "");
}

const curedErrors = new WeakSet<object>();

/** Notes that the cause of an error is gone, such as expired credentials that were renewed: one more attempt is due. */
export function markCured(error: object): void {
    curedErrors.add(error);
}

function isCured(error: unknown): boolean {
    // The client learns the server's time from an answer that refused its own.
    const { clockSkewCorrected } = (error as { $metadata?: { clockSkewCorrected?: boolean } }).$metadata ?? {};
    return clockSkewCorrected === true || curedErrors.has(error as object);
}

function httpStatus(error: unknown): number | undefined {
    const { $metadata, $response } = error as {
        $metadata?: { httpStatusCode?: number };
        $response?: { statusCode?: number };
    };
    return $metadata?.httpStatusCode ?? $response?.statusCode;
}

export function isTransient(error: unknown): boolean {
    const { name, code } = error as { name?: string; code?: string };
    const status = httpStatus(error);
    if (transientNames.has(name ?? "") || transientCodes.has(code ?? "")) {
        return true;
    }
    if (status === undefined) {
        return false;
    }
    // To a HEAD a server can give no reason, and a timeout is a 400 too.
    if (status === 400 && isNameless(name)) {
        return true;
    }
    // An answer of 200 that is no service error but could not be read was cut short on its way.
    return status >= 500 || status === 429 || (status < 400 && !(error instanceof S3ServiceException));
}

/** The SDK's names for an answer without an error code. */
function isNameless(name: string | undefined): boolean {
    return name === undefined || name === "Unknown" || name === "UnknownError";
}

export function isNotFound(error: unknown): boolean {
    return httpStatus(error) === 404;
}

function reason(error: unknown): string {
    const { name, message, code } = error as { name: string; message: string; code?: string };
    const status = httpStatus(error);
    if (error instanceof LocalFileError) {
        return message;
    }
    if (areExpired(error)) {
        return `${name}: the S3 credentials have expired; get new ones, and the next run goes on from here`;
    }
    if (name === "RequestTimeTooSkewed") {
        return `${name}: this machine's clock differs too much from the server's; set it (it says ${new Date().toISOString()})`;
    }
    const named = isNameless(name) ? "" : `${name}: `;
    if (status === 403) {
        return `${named}the server refused the credentials or they may not do this (HTTP 403)`;
    }
    if (status === 404) {
        return `${named}not there (HTTP 404)`;
    }
    if (/Deserialization error/.test(message)) {
        return `HTTP ${status ?? 200}: the answer cannot be read; it was cut, or is of something before the S3 server`;
    }
    if (status !== undefined && status >= 400 && isNameless(name)) {
        return `HTTP ${status}, and no reason is given`;
    }
    const detail = message === "UnknownError" || message === name ? "" : `: ${message}`;
    return `${status !== undefined && status >= 400 ? `${name} (HTTP ${status})` : (code ?? name)}${detail}`;
}

/**
 * Runs one request with its body; repeats it after transient failures; the final error names `what` was done.
 * @param progressed - whether the last attempt came further than all before; such a failure does not count
 */
export async function attempt<T>(
    what: string,
    options: TransferOptions,
    run: () => Promise<T>,
    progressed: () => boolean = () => false,
): Promise<T> {
    let cured = false;
    try {
        return await pRetry(run, {
            retries: options.retries ?? defaults.retries,
            minTimeout: options.minDelayMs ?? defaults.minDelayMs,
            maxTimeout: 30_000,
            randomize: true,
            shouldConsumeRetry: () => !progressed(),
            shouldRetry: ({ error }) => {
                const worth = isTransient(error) || (!cured && isCured(error));
                cured ||= isCured(error);
                return worth;
            },
            onFailedAttempt: ({ error, retryDelay }) => {
                if (retryDelay > 0 && isTransient(error)) {
                    options.onRetry?.(`${what}: ${reason(error)}; trying again in ${Math.ceil(retryDelay / 1000)} s`);
                }
            },
            ...(options.signal && { signal: options.signal }),
        });
    } catch (error) {
        options.signal?.throwIfAborted();
        throw new Error(`${what}: ${reason(error)}`, { cause: error });
    }
}
