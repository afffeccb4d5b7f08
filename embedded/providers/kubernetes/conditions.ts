// When an object counts as done: its annotation says so, or its kind does.
import { JSONPath } from "jsonpath-plus";
import { isMap, type PropertyMap, type PropertyValue } from "../../state/propertyValues.ts";
import { at, isList, text } from "../provider.ts";

/** Done, or why not yet, or why never. */
export type Verdict = "done" | { readonly waiting: string } | { readonly failed: string };
export type Judge = (live: PropertyMap) => Verdict;

export const judgeJob: Judge = (job) => {
    if (conditionOf(job, "Complete")?.status === "True") return "done";
    const failed = conditionOf(job, "Failed");
    if (failed?.status === "True") {
        return { failed: `the Job failed: ${text(failed, "reason")}: ${text(failed, "message")}` };
    }
    if (conditionOf(job, "Suspended")?.status === "True") return { waiting: "the Job is suspended" };
    const counts = ["active", "ready", "succeeded", "failed"].map(
        (name) => `${numberAt(job, "status", name) || 0} ${name}`,
    );
    return { waiting: `the Job has not ended; pods: ${counts.join(", ")}` };
};

/** A claim that waits for its first pod, or whose class may not be read, is done as it is: the pod tells the rest. */
export function judgeClaim(bindingMode: string | undefined): Judge {
    return (claim) => {
        const phase = text(claim, "status", "phase");
        if (phase === "Bound") return "done";
        if (phase === "Lost") return { failed: "the claim lost its volume" };
        return phase === "Pending" && bindingMode !== "Immediate" ? "done" : { waiting: "the claim has no volume yet" };
    };
}

/** `jsonpath={.path}`, `jsonpath={.path}=value`, `condition=Type`, `condition=Type=Status`, or a JSON list of these. */
export function parseWaitFor(annotation: string): Judge {
    const expressions = annotation.trimStart().startsWith("[") ? (JSON.parse(annotation) as string[]) : [annotation];
    if (expressions.length === 0) throw new Error("the list is empty");
    const judges = expressions.map((expression): Judge => {
        const met = parseExpression(expression);
        return (live) => (met(live) ? "done" : { waiting: `not yet ${expression}` });
    });
    return (live) => judges.map((judge) => judge(live)).find((verdict) => verdict !== "done") ?? "done";
}

function parseExpression(expression: string): (live: PropertyMap) => boolean {
    const [, type, status = "True"] = /^condition=([^=]+)(?:=(.+))?$/.exec(expression) ?? [];
    if (type !== undefined) return (live) => conditionOf(live, type)?.status === status;
    const [, inner, value] = /^jsonpath=\{\s*(.+?)\s*\}(?:=([^=]+))?$/.exec(expression) ?? [];
    if (inner === undefined) {
        const forms = "jsonpath={.path}, jsonpath={.path}=value, condition=Type, condition=Type=Status";
        throw new Error(`"${expression}" is none of ${forms}`);
    }
    // RFC 9535 writes filters without the parentheses that the library needs.
    const path = `$${inner.replace(/^\$/, "").replaceAll(/\[\?([^(][^\]]*)\]/g, "[?($1)]")}`;
    return (live) => {
        // What a controller has not seen yet, it says nothing about.
        if (numberAt(live, "status", "observedGeneration") < numberAt(live, "metadata", "generation")) return false;
        const [found] = JSONPath<PropertyValue[]>({ path, json: live as object, wrap: true, eval: "safe" });
        const shown = typeof found === "string" ? found : JSON.stringify(found);
        return found !== undefined && (value === undefined || shown === value);
    };
}

function conditionOf(live: PropertyMap, type: string): PropertyMap | undefined {
    const conditions = at(live, "status", "conditions");
    const found = isList(conditions) ? conditions.find((condition) => text(condition, "type") === type) : undefined;
    return isMap(found) ? found : undefined;
}

/** No number at all compares with none. */
function numberAt(live: PropertyMap, ...path: readonly string[]): number {
    const found = at(live, ...path);
    return typeof found === "number" ? found : Number.NaN;
}
