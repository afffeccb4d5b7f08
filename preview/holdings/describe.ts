// What a destroy deletes or leaves, in a few lines for a person.
import prettyBytes from "pretty-bytes";
import type { Amount, Counted, Holding } from "./count.ts";

/** `s3://bucket/run1: 2301 objects, 12.3 GB`; stages that hold nothing are left out, those of one folder are one line. */
export function describeHoldings(counted: readonly (readonly [Holding, Counted])[]): string[] {
    const lines: string[] = [];
    const folders = new Map<string, Amount>();
    for (const [holding, amount] of counted) {
        if ("problem" in amount) {
            lines.push(amount.problem);
        } else if (holding.kind === "prefix") {
            lines.push(`${holding.location.uri}: ${describeAmount(amount, "object")}`);
        } else if (amount.count > 0) {
            const { count = 0, bytes = 0 } = folders.get(holding.root) ?? {};
            folders.set(holding.root, { count: count + amount.count, bytes: bytes + amount.bytes, more: false });
        }
    }
    return [...lines, ...[...folders].map(([root, amount]) => `${root}: ${describeAmount(amount, "file")}`)];
}

function describeAmount({ count, bytes, more }: Amount, what: string): string {
    const bound = more ? "more than " : "";
    return `${bound}${count} ${what}${count === 1 ? "" : "s"}, ${bound}${prettyBytes(bytes)}`;
}
