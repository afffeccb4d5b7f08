// The way to the cluster that all its checks share: each step is made once, by whichever check needs it first.
import { Blocked, type CheckResult, type Subject } from "../check.ts";
import type { Connection } from "./connection.ts";
import { examineKubeconfig, type KubeconfigResult } from "./kubeconfig.ts";
import { askServer, type ServerResult } from "./server.ts";

export class ClusterAccess {
    readonly #subject: Subject;
    readonly #limit: AbortSignal;
    #kubeconfig: Promise<KubeconfigResult> | undefined;
    #server: Promise<ServerResult> | undefined;

    /** @param limit - ends the wait for plugin and server, so that there is time left for what is asked then */
    constructor(subject: Subject, limit: AbortSignal) {
        this.#subject = subject;
        this.#limit = limit;
    }

    async kubeconfig(signal: AbortSignal): Promise<CheckResult> {
        return await this.#open(signal);
    }

    /** Blocked without a kubeconfig that can be used. */
    async server(signal: AbortSignal): Promise<CheckResult> {
        return await this.#reach(signal);
    }

    /** Blocked when the kubeconfig cannot be used or the server does not answer. */
    async connection(signal: AbortSignal): Promise<Connection> {
        const { connection } = await this.#reach(signal);
        if (connection === undefined) {
            throw new Blocked("the cluster cannot be asked");
        }
        return connection;
    }

    #open(signal: AbortSignal): Promise<KubeconfigResult> {
        this.#kubeconfig ??= examineKubeconfig(this.#subject, this.#bounded(signal));
        return this.#kubeconfig;
    }

    async #reach(signal: AbortSignal): Promise<ServerResult> {
        const { usable } = await this.#open(signal).catch(() => ({ usable: undefined }));
        if (usable === undefined) {
            throw new Blocked("the kubeconfig cannot be used");
        }
        this.#server ??= askServer(usable, this.#bounded(signal));
        return await this.#server;
    }

    #bounded(signal: AbortSignal): AbortSignal {
        return AbortSignal.any([signal, this.#limit]);
    }
}
