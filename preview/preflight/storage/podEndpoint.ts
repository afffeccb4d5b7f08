// Whether the address of the S3 server that pods are given can mean the same server to them.
import type { Problem } from "../../../config/errors.ts";
import type { CheckResult, Finding } from "../check.ts";
import { endpointPlace } from "./directories.ts";
import { hostOf, isLocalName, isOnlyHere } from "./hosts.ts";
import type { Storage } from "./questions.ts";
import { answerTo } from "./refusal.ts";

/** Asks nobody: only a pod could tell what it reaches. */
export async function checkPodEndpoint({ settings, questions }: Storage): Promise<CheckResult> {
    const address = await answerTo(questions.address());
    const { podEndpoint } = settings.s3;
    const found = podEndpoint === undefined ? onlyInThisShell(address) : meansAnother(podEndpoint);
    const inPods = podEndpoint ?? "Amazon's";
    const summary = address === podEndpoint ? `${address}, as here` : `${inPods}, and here ${address}`;
    const findings = found && [{ ...found, problem: { ...endpointPlace(settings), ...found.problem } }];
    return { summary, findings: findings ?? [] };
}

function onlyInThisShell(address: string): Finding | undefined {
    if (hostOf(address).endsWith(".amazonaws.com")) return undefined;
    const message = `is not set, so that pods use Amazon's S3, but AWS_ENDPOINT_URL or the AWS profile here leads to ${address}`;
    return error({ message, suggestion: `write ${address}` });
}

function meansAnother(podEndpoint: string): Finding | undefined {
    const host = hostOf(podEndpoint);
    if (isOnlyHere(host)) {
        const message = `training runs in a pod, and to a pod ${host} is the pod itself`;
        return error({ message, suggestion: "an address in the network, such as https://s3-west.nrp-nautilus.io" });
    }
    if (!isLocalName(host)) return undefined;
    const message = `training runs in a pod, where the name ${host} may not be known`;
    return { level: "warning", problem: { message, suggestion: "write the server's full name" } };
}

function error(problem: Problem): Finding {
    return { level: "error", problem };
}
