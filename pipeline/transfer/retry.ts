// Which failures of a server are worth another attempt, and how often.
import { S3ServiceException } from "@aws-sdk/client-s3";
import pRetry from "p-retry";
import { defaults, type TransferOptions } from "./options.ts";

/** What arrived is not what was sent. */
export class IntegrityError extends Error {
    override readonly name = "IntegrityError";
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
    "IntegrityError",
]);

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
    // An answer of 200 that is no service error but could not be read was cut short on its way.
    return status >= 500 || status === 429 || (status < 400 && !(error instanceof S3ServiceException));
}

export function isNotFound(error: unknown): boolean {
    return httpStatus(error) === 404;
}

function reason(error: unknown): string {
    const { name, message, code } = error as { name: string; message: string; code?: string };
    const status = httpStatus(error);
    if (status === 403) {
        return `${name}: the server refused the credentials or they may not do this (HTTP 403)`;
    }
    if (status === 404) {
        return `${name}: not there (HTTP 404)`;
    }
    const detail = message === "UnknownError" || message === name ? "" : `: ${message}`;
    return `${status !== undefined && status >= 400 ? `${name} (HTTP ${status})` : (code ?? name)}${detail}`;
}

/** Runs one request with its body; repeats it after transient failures; the final error names `what` was done. */
export async function attempt<T>(what: string, options: TransferOptions, run: () => Promise<T>): Promise<T> {
    try {
        return await pRetry(run, {
            retries: options.retries ?? defaults.retries,
            minTimeout: options.minDelayMs ?? defaults.minDelayMs,
            maxTimeout: 30_000,
            randomize: true,
            shouldRetry: ({ error }) => isTransient(error),
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
