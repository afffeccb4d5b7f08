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
        const message = statusMessage(error.body) ?? "no reason is given";
        return `${(error.code === 403 && missingRight(message)) || message} (HTTP ${error.code})`;
    }
    return chain(error)
        .map(({ message }) => message)
        .join(": ");
}

/** What an authorizer's refusal means for a person; a quota or a policy that forbids something has other words. */
function missingRight(message: string): string | undefined {
    const words =
        /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/;
    const [, user, verb, resource, group, namespace] = words.exec(message) ?? [];
    if (user === undefined) {
        return undefined;
    }
    const where = namespace === undefined ? "on this cluster" : `in the namespace ${namespace}`;
    const kind = [resource, group].filter(Boolean).join(".");
    return `you may not ${verb} ${resource} ${where}; ask for the verb ${verb} on ${kind} (docs/role.yaml) for ${user}`;
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
