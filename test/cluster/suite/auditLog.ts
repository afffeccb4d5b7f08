// What a user has asked of the API server, from the server's own audit log.
import { readFile } from "node:fs/promises";
import { auditLog } from "../machine/paths.ts";
import type { Namespace } from "./namespace.ts";

interface Event {
    readonly verb: string;
    readonly requestURI: string;
    readonly user: { readonly username: string };
    readonly objectRef?: { readonly resource?: string };
}

/** `verb uri` of each request of the namespace's researcher so far, in order. */
export async function requestsIn(namespace: Namespace): Promise<string[]> {
    const lines = (await readFile(auditLog, "utf8")).trimEnd().split("\n");
    return lines
        .map((line) => JSON.parse(line) as Event)
        .filter(({ user }) => user.username === `system:serviceaccount:${namespace.name}:researcher`)
        .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

/** Questions about rights are made like objects, and dry runs like changes; neither is kept. */
export function changes(requests: readonly string[]): string[] {
    return requests.filter(
        (request) =>
            !/^(get|list|watch) /.test(request) &&
            !request.includes("/selfsubjectaccessreviews") &&
            !/[?&]dryRun=All/.test(request),
    );
}
