// Requests to a cluster's API server, in plain JSON: a typed client would drop the fields it does not know.
import type { HttpMethod } from "@kubernetes/client-node";
import pRetry from "p-retry";
import { isMap, type PropertyMap, type PropertyValue } from "../../state/propertyValues.ts";
import { at, isList, text } from "../provider.ts";
import type { Connection } from "./kubeconfig.ts";

/** What the API server answered instead of doing it. */
export class Refused extends Error {
    readonly code: number;
    readonly reason: string;
    readonly causes: readonly PropertyValue[];

    constructor(code: number, status: PropertyMap) {
        super(text(status, "message") || `HTTP ${code}`);
        this.code = code;
        this.reason = text(status, "reason");
        const causes = at(status, "details", "causes");
        this.causes = isList(causes) ? causes : [];
    }
}

/** No answer came back. */
export class Unreachable extends Error {}

export type Query = Readonly<Record<string, string>>;

interface Request {
    readonly query?: Query;
    readonly body?: PropertyValue;
    readonly contentType?: string;
}

const timeoutMilliseconds = 30_000;
const passingCodes = [429, 500, 502, 503, 504];
/** Kinds without a namespace, for when the cluster cannot be asked. */
const clusterScoped =
    /^(Namespace|Node|PersistentVolume|StorageClass|PriorityClass|Cluster.*|CustomResourceDefinition)$/;

export class Cluster {
    readonly #config: PropertyMap;
    readonly #kinds = new Map<string, readonly PropertyValue[]>();
    #connected: Promise<Connection> | undefined;

    constructor(config: PropertyMap) {
        this.#config = config;
    }

    /** Where objects go that name no namespace. */
    async namespace(): Promise<string> {
        return text(this.#config, "namespace") || (await this.#connect()).namespace;
    }

    async get(object: PropertyMap): Promise<PropertyMap> {
        return await this.#send("GET", await this.#pathOf(object));
    }

    /** All objects of its kind, in its namespace. */
    async list(object: PropertyMap): Promise<readonly PropertyValue[]> {
        const { items } = await this.#send("GET", await this.#pathOf(object, false));
        return isList(items) ? items : [];
    }

    /** Fails when the object exists, whoever made it. */
    async create(object: PropertyMap, query: Query): Promise<PropertyMap> {
        return await this.#send("POST", await this.#pathOf(object, false), { query, body: object });
    }

    async apply(object: PropertyMap, query: Query): Promise<PropertyMap> {
        const request = { query, body: object, contentType: "application/apply-patch+yaml" };
        return await this.#send("PATCH", await this.#pathOf(object), request);
    }

    async merge(object: PropertyMap, body: PropertyMap): Promise<void> {
        const request = { body, contentType: "application/merge-patch+json" };
        await this.#send("PATCH", await this.#pathOf(object), request);
    }

    async delete(object: PropertyMap, body: PropertyMap): Promise<void> {
        await this.#send("DELETE", await this.#pathOf(object), { body });
    }

    async isNamespaced(object: PropertyMap): Promise<boolean> {
        try {
            return (await this.#kindOf(object)).namespaced === true;
        } catch (error) {
            if (error instanceof Unreachable || error instanceof Refused)
                return !clusterScoped.test(text(object, "kind"));
            throw error;
        }
    }

    async #pathOf(object: PropertyMap, withName = true): Promise<string> {
        const kind = await this.#kindOf(object);
        const namespace = text(object, "metadata", "namespace") || (await this.namespace());
        const name = text(object, "metadata", "name");
        const holder = kind.namespaced === true ? ["namespaces", namespace] : [];
        const parts = [...holder, text(kind, "name"), ...(withName ? [name] : [])];
        return [groupPath(object), ...parts.map(encodeURIComponent)].join("/");
    }

    async #kindOf(object: PropertyMap): Promise<PropertyMap> {
        const [apiVersion, kind] = [text(object, "apiVersion"), text(object, "kind")];
        const find = (): PropertyValue | undefined => {
            const kinds = this.#kinds.get(apiVersion) ?? [];
            return kinds.find((entry) => text(entry, "kind") === kind && !text(entry, "name").includes("/"));
        };
        // Asked again for a kind not seen before: its definition may just have been made.
        if (find() === undefined) this.#kinds.set(apiVersion, await this.#kindsOf(object));
        const found = find();
        if (isMap(found)) return found;
        throw new Refused(404, { message: `the cluster has no kind ${kind} in ${apiVersion}`, reason: "NoKind" });
    }

    async #kindsOf(object: PropertyMap): Promise<readonly PropertyValue[]> {
        try {
            const { resources } = await this.#send("GET", groupPath(object));
            return isList(resources) ? resources : [];
        } catch (error) {
            if (error instanceof Refused && error.code === 404) return [];
            throw error;
        }
    }

    async #connect(): Promise<Connection> {
        this.#connected ??= import("./kubeconfig.ts").then(({ connect }) => connect(this.#config));
        return await this.#connected;
    }

    async #send(method: HttpMethod, path: string, request: Request = {}): Promise<PropertyMap> {
        return await pRetry(async () => await this.#sendOnce(method, path, request), {
            retries: 3,
            minTimeout: 500,
            shouldRetry: ({ error }) => {
                // A create that got no answer may have happened.
                if (method === "POST") return error instanceof Refused && error.code === 429;
                return error instanceof Unreachable || (error instanceof Refused && passingCodes.includes(error.code));
            },
        });
    }

    async #sendOnce(
        method: HttpMethod,
        path: string,
        { query = {}, body, contentType }: Request,
    ): Promise<PropertyMap> {
        const { configuration, server } = await this.#connect();
        const context = configuration.baseServer.makeRequestContext(path, method);
        for (const [name, value] of Object.entries(query)) context.setQueryParam(name, value);
        if (body !== undefined) {
            context.setHeaderParam("Content-Type", contentType ?? "application/json");
            context.setBody(JSON.stringify(body));
        }
        context.setSignal(AbortSignal.timeout(timeoutMilliseconds));
        await configuration.authMethods.default?.applySecurityAuthentication(context);
        const { code, answer } = await configuration.httpApi
            .send(context)
            .toPromise()
            .then(async (response) => ({ code: response.httpStatusCode, answer: parse(await response.body.text()) }))
            .catch((error: unknown) => {
                throw new Unreachable(`cannot reach the Kubernetes API server ${server}: ${reasonOf(error)}`);
            });
        if (code >= 400) throw new Refused(code, answer);
        return answer;
    }
}

function groupPath(object: PropertyMap): string {
    const apiVersion = text(object, "apiVersion");
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** A proxy in between answers in its own words. */
function parse(answer: string): PropertyMap {
    try {
        return JSON.parse(answer) as PropertyMap;
    } catch {
        return { message: answer.trim().slice(0, 500) };
    }
}

function reasonOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
