// Whether the researcher's own checkout holds work that training would not see, as it was never committed.

import { placeOfValue } from "../../places.ts";
import type { CheckResult, Finding } from "../check.ts";
import { nameFirst } from "../nameFirst.ts";
import { branchOf, readWorkTree } from "./checkout.ts";
import type { Code } from "./code.ts";

export async function checkLocalCheckout(code: Code, signal: AbortSignal): Promise<CheckResult> {
    const { settings, git } = code;
    const checkout = await code.checkout(signal);
    if (checkout === undefined) {
        return { summary: `no work tree of ${git.url} is known here` };
    }
    const { root } = checkout;
    const { branch, uncommitted } = await readWorkTree(checkout);
    const wanted = branchOf(git.ref);
    const where = `${root} on ${branch ?? "no branch"}${branch === wanted ? "" : `, not on ${wanted}`}`;
    if (uncommitted.length === 0) {
        return { summary: `${where}, all committed` };
    }
    const count = uncommitted.length === 1 ? "1 uncommitted file" : `${uncommitted.length} uncommitted files`;
    const finding: Finding = {
        level: "warning",
        problem: {
            ...placeOfValue(settings, "luigi_Train", "git_ref"),
            message: `${root} has ${count}, which training would not see: ${nameFirst(uncommitted)}`,
            suggestion: `commit and push to ${wanted}`,
        },
    };
    return { summary: `${where}, ${count}`, findings: [finding] };
}
