// Which troubles with the cluster pass by themselves, and what to call them.
import { ApiException } from "@kubernetes/client-node";

const passingCodes =
    /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_.*)$/;

/** An overloaded or unreachable server; not one that refuses, nor a kubeconfig that is wrong. */
export function isPassing(error: unknown): boolean {
    if (error instanceof ApiException) {
        return error.code >= 500 || error.code === 429 || error.code === 408;
    }
    return chain(error).some(
        ({ name, code }) => name === "TimeoutError" || (typeof code === "string" && passingCodes.test(code)),
    );
}

/** What the server or the network said, without the headers and the body around it. */
export function describeClusterError(error: unknown): string {
    if (error instanceof ApiException) {
        return `${statusMessage(error.body) ?? "no reason is given"} (HTTP ${error.code})`;
    }
    return chain(error)
        .map(({ message }) => message)
        .join(": ");
}

interface Cause {
    readonly name: string;
    readonly message: string;
    readonly code?: unknown;
}

/** The error, its cause, the cause's cause, … */
function chain(error: unknown): Cause[] {
    return error instanceof Error ? [error, ...chain(error.cause)] : [];
}

function statusMessage(body: unknown): string | undefined {
    try {
        const status: unknown = typeof body === "string" ? JSON.parse(body) : body;
        const { message } = (status ?? {}) as { message?: unknown };
        return typeof message === "string" ? message : undefined;
    } catch {
        return typeof body === "string" ? body.slice(0, 200) : undefined;
    }
}
