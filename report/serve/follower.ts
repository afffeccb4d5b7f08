// Looks at the experiments again and again while somebody watches, and tells the watchers what has changed.
import type { ServerResponse } from "node:http";
import type { Report } from "../model/report.ts";
import { partsOf } from "../page/page.ts";

export class Follower {
    readonly #gather: () => Promise<Report>;
    readonly #pause: number;
    readonly #say: (line: string) => void;
    readonly #watchers = new Set<ServerResponse>();
    #last: Report | undefined;
    #looking: Promise<Report> | undefined;
    #timer: NodeJS.Timeout | undefined;
    #trouble = "";

    /** @param pause - between two looks, in ms */
    constructor(gather: () => Promise<Report>, pause: number, say: (line: string) => void) {
        this.#gather = gather;
        this.#pause = pause;
        this.#say = say;
    }

    /** A fresh one; when looking fails, the one before. Throws when there is none. */
    async latest(): Promise<Report> {
        try {
            return await this.#look();
        } catch (error) {
            if (this.#last === undefined) throw error;
            return this.#last;
        }
    }

    /** Those who ask while a look is under way share it. */
    #look(): Promise<Report> {
        this.#looking ??= this.#gather()
            .then((report) => {
                this.#last = report;
                return report;
            })
            .finally(() => {
                this.#looking = undefined;
            });
        return this.#looking;
    }

    add(response: ServerResponse): void {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("retry: 2000\n\n");
        this.#watchers.add(response);
        response.on("close", () => this.#watchers.delete(response));
        if (this.#last) this.#send("parts", partsOf(this.#last), [response]);
        this.#timer ??= setTimeout(() => void this.#round(), this.#pause);
    }

    /** Nobody watching, nothing is asked of cluster and S3. */
    async #round(): Promise<void> {
        try {
            this.#send("parts", partsOf(await this.#look()));
            this.#trouble = "";
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            if (message !== this.#trouble) this.#say(`the experiment cannot be looked at: ${message}`);
            this.#trouble = message;
            this.#send("trouble", message);
        }
        this.#timer = this.#watchers.size === 0 ? undefined : setTimeout(() => void this.#round(), this.#pause);
    }

    #send(event: string, value: unknown, to: Iterable<ServerResponse> = this.#watchers): void {
        const text = `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`;
        for (const response of to) response.write(text);
    }

    stop(): void {
        clearTimeout(this.#timer);
        for (const response of this.#watchers) response.end();
        this.#watchers.clear();
    }
}
