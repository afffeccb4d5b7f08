// Requests to the cluster as its user, ended by the signal of the check that makes them.
import {
    ApiException,
    type ApiType,
    type Configuration,
    type ConfigurationOptions,
    Observable,
} from "@kubernetes/client-node";
import type { CheckResult } from "../check.ts";
import type { Kubeconfig } from "./kubeconfigFile.ts";

export class Connection {
    readonly kubeconfig: Kubeconfig;

    constructor(kubeconfig: Kubeconfig) {
        this.kubeconfig = kubeconfig;
    }

    api<T extends ApiType>(type: new (config: Configuration) => T): T {
        return this.kubeconfig.config.makeApiClient(type);
    }
}

/** Options of a request that ends with the signal. */
export function until(signal: AbortSignal): ConfigurationOptions {
    return {
        middleware: [
            {
                pre: (request) => {
                    request.setSignal(signal);
                    return new Observable(Promise.resolve(request));
                },
                post: (response) => new Observable(Promise.resolve(response)),
            },
        ],
        middlewareMergeStrategy: "append",
    };
}

/** `absent` when there is no such thing, `forbidden` when this user may not look; rejects for any other reason. */
export async function look<T extends object>(request: Promise<T>): Promise<T | "absent" | "forbidden"> {
    try {
        return await request;
    } catch (error) {
        if (error instanceof ApiException && error.code === 404) {
            return "absent";
        }
        if (error instanceof ApiException && error.code === 403) {
            return "forbidden";
        }
        throw error;
    }
}

/** The result of a look that is not for everyone, such as `list nodes`; nobody needs to worry about it. */
export function hidden(right: string, question: string): CheckResult {
    const summary = `you may not ${right}`;
    return {
        summary,
        findings: [{ level: "unknown", problem: { message: `${summary}, so ${question} is not known` } }],
    };
}
