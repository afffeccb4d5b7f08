// What the keys may do under each prefix: list, read and write.
import type { CheckResult, Finding } from "../check.ts";
import type { S3Directory } from "./directories.ts";
import type { Storage } from "./questions.ts";
import { answerOr, Refused } from "./refusal.ts";

export async function checkRights(storage: Storage, signal: AbortSignal): Promise<CheckResult> {
    const { directories } = storage;
    const looks = await Promise.all(directories.map((directory) => lookUnder(storage, directory, signal)));
    const findings = looks.flat();
    const prefixes = directories.map(({ location }) => location.uri).join(" and ");
    return { summary: `${findings.length > 0 ? "not all" : "list, read and write"} under ${prefixes}`, findings };
}

async function lookUnder(
    { questions }: Storage,
    { location, place }: S3Directory,
    signal: AbortSignal,
): Promise<Finding[]> {
    const [listing, reading, writing] = await Promise.all([
        answerOr(["right"], questions.listing(location, signal)),
        answerOr(["right"], questions.owner(location, signal)),
        answerOr(["right", "quota"], questions.writing(location, signal)),
    ]);
    const isFull = writing instanceof Refused && writing.reason === "quota";
    const objects = `${location.bucket}/${location.prefix}/*`;
    const missing = [
        ...(listing instanceof Refused ? [["list", `s3:ListBucket on ${location.bucket}`]] : []),
        // To those who may not list, Amazon does not tell an object that is not there from one they may not read.
        ...(reading instanceof Refused && !(listing instanceof Refused)
            ? [["read", `s3:GetObject on ${objects}`]]
            : []),
        ...(writing instanceof Refused && !isFull ? [["write", `s3:PutObject on ${objects}`]] : []),
    ];
    const findings: Finding[] = [];
    if (missing.length > 0) {
        const message = `the keys may not ${missing.map(([verb]) => verb).join(" or ")} under ${location.uri}`;
        const suggestion = `ask the owner of the bucket for ${missing.map(([, right]) => right).join(" and ")}`;
        findings.push({ level: "error", problem: { ...place, message, suggestion } });
    }
    if (isFull) {
        const message = `the quota of the bucket ${location.bucket}, or of its owner, is used up`;
        const suggestion = "delete what is not needed, or ask for more";
        findings.push({ level: "error", problem: { ...place, message, suggestion } });
    }
    return findings;
}
