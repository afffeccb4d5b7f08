// Whether another stack has claimed a prefix.
import { describeTaken, isOfStack } from "../../../pipeline/transfer/prefixClaim.ts";
import type { CheckResult, Finding } from "../check.ts";
import type { Storage } from "./questions.ts";
import { answerTo } from "./refusal.ts";

/** Another user's stack of the same name is found when this one's state, which holds its claim, is at hand. */
export async function checkOwnership(
    { questions, directories, settings }: Storage,
    signal: AbortSignal,
): Promise<CheckResult> {
    const stack = settings.stack.name;
    const owned = await Promise.all(
        directories.map(async (directory) => ({
            ...directory,
            owner: await answerTo(questions.owner(directory.location, signal)),
        })),
    );
    const findings = owned.flatMap(({ location, place, owner }): Finding[] =>
        owner === undefined || isOfStack(owner, stack)
            ? []
            : [{ level: "error", problem: { ...place, message: describeTaken(location, owner, stack) } }],
    );
    const prefixes = owned.map(({ location, owner }) => `${location.uri} ${describeOwner(owner, stack)}`);
    return { summary: prefixes.join(", "), findings };
}

function describeOwner(owner: string | undefined, stack: string): string {
    if (owner === undefined) return "is free";
    return isOfStack(owner, stack) ? "is this stack's" : "is another stack's";
}
