// What `pulumi preview --json` prints, in the form in which our own engine tells it.
import type { PropertyDiff } from "../../embedded/engine/events.ts";
import type { Change, Plan } from "./plan.ts";

/** As far as it is used; secrets are masked in it. */
interface PulumiPreview {
    readonly steps?: readonly PulumiStep[];
    /** Operation → count. */
    readonly changeSummary?: Readonly<Record<string, number>>;
    readonly diagnostics?: readonly { readonly urn?: string; readonly message?: string; readonly severity?: string }[];
}

interface PulumiStep {
    readonly op: string;
    readonly urn: string;
    readonly oldState?: { readonly type?: string };
    readonly newState?: { readonly type?: string };
    /** Path → how it differs: `add`, `delete` or `update`, with `-replace` behind it where the resource is replaced. */
    readonly detailedDiff?: Readonly<Record<string, { readonly kind?: string }>> | null;
}

/** @param text - its standard output, of which a failure may have cut the end */
export function readPulumiPreview(text: string, succeeded: boolean): Plan {
    const { steps = [], changeSummary = {}, diagnostics = [] } = parse(text);
    const errors = diagnostics
        .filter(({ severity }) => severity === "error")
        .map(({ urn = "", message = "" }) => ({ ...(urn !== "" && { urn }), message: message.trim() }));
    return {
        outcome: succeeded ? "succeeded" : "failed",
        changes: steps.filter(({ op }) => op !== "same").map(changeOf),
        counts: changeSummary,
        errors,
    };
}

function parse(text: string): PulumiPreview {
    try {
        return JSON.parse(text) as PulumiPreview;
    } catch {
        // It has said on standard error why.
        return {};
    }
}

function changeOf({ op, urn, oldState, newState, detailedDiff }: PulumiStep): Change {
    return {
        operation: op,
        urn,
        type: newState?.type ?? oldState?.type ?? "",
        name: urn.slice(urn.lastIndexOf("::") + 2),
        properties: Object.entries(detailedDiff ?? {}).map(([path, { kind = "" }]) => propertyOf(path, kind)),
    };
}

function propertyOf(path: string, kind: string): PropertyDiff {
    const [what = "", replace] = kind.split("-");
    const known = ["add", "delete"].includes(what) ? (what as "add" | "delete") : "update";
    return { path, kind: known, replaces: replace === "replace" };
}
