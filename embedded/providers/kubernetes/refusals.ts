// What a refusal of the API server means, in words that say what was tried and what can be done about it.
import type { PropertyMap } from "../../state/propertyValues.ts";
import { text } from "../provider.ts";
import { Refused } from "./cluster.ts";

export function idOf(object: PropertyMap): string {
    return [text(object, "metadata", "namespace"), text(object, "metadata", "name")].filter(Boolean).join("/");
}

export function describe(object: PropertyMap): string {
    return `${text(object, "kind")} ${idOf(object)}`;
}

export function isGone(error: unknown): boolean {
    return error instanceof Refused && error.code === 404;
}

export function explained(error: unknown, verb: string, object: PropertyMap): unknown {
    if (!(error instanceof Refused)) return error;
    return new Error(`could not ${verb} ${describe(object)}: ${explain(error, verb)}`, { cause: error });
}

/** An authorizer's own words; a quota or a policy that forbids something has others. */
const missingRight =
    /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/;

function forbidden(message: string): string {
    const [, user, verb, resource, group, namespace] = missingRight.exec(message) ?? [];
    if (user === undefined) return `the cluster forbids it (403): ${message}`;
    const where = namespace === undefined ? "on this cluster" : `in the namespace ${namespace}`;
    const kind = [resource, group].filter(Boolean).join(".");
    return `you may not ${verb} ${resource} ${where} (403): ask for the verb ${verb} on ${kind} for ${user}`;
}

function explain(error: Refused, verb: string): string {
    const conflicts = error.causes.filter((cause) => text(cause, "reason") === "FieldManagerConflict");
    if (conflicts.length > 0) {
        const fields = conflicts.map((cause) => `${text(cause, "field")} (${text(cause, "message")})`).join(", ");
        const remedy = 'leave them out, or take them over with the annotation pulumi.com/patchForce: "true"';
        return `others own ${fields}: ${remedy}`;
    }
    if (error.reason === "AlreadyExists") {
        return `it belongs to another stack or user: choose another name, or import it (${error.message})`;
    }
    if (error.code === 401) return "the cluster does not accept these credentials (401)";
    if (error.code === 403) return forbidden(error.message);
    if (error.reason === "NoKind") return `${error.message}: is its definition installed?`;
    return isGone(error) && verb === "update" ? "it is gone: refresh the stack to have it made again" : error.message;
}
