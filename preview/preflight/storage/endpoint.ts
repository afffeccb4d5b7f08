// Whether an S3 server answers at the address, and whether others can listen.

import type { Place } from "../../places.ts";
import type { CheckResult, Finding } from "../check.ts";
import { endpointPlace } from "./directories.ts";
import { hostOf, isInsideCluster, isThisMachine } from "./hosts.ts";
import type { Storage } from "./questions.ts";
import { Unreachable } from "./unreachable.ts";

export async function checkEndpoint({ questions, settings }: Storage, signal: AbortSignal): Promise<CheckResult> {
    const place = endpointPlace(settings);
    try {
        const address = await questions.address();
        const { product } = await questions.server(signal);
        return { summary: `${product} at ${address}`, findings: readableOnTheWay(address, place) };
    } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        const { message, suggestion, level } = error;
        return { summary: message, findings: [{ level, problem: { ...place, message, suggestion } }] };
    }
}

/** What is sent within this machine, or inside a cluster, is not for others to read. */
export function readableOnTheWay(address: string, place: Place): Finding[] {
    const host = hostOf(address);
    if (address.startsWith("https:") || isThisMachine(host) || isInsideCluster(host)) return [];
    const message = `${address} is not encrypted: others in the network can read the data, though not the secret key`;
    return [{ level: "warning", problem: { ...place, message, suggestion: "write https://, if the server has it" } }];
}
