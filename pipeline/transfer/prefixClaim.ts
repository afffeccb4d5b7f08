// Life cycle of the claim to an S3 prefix; runs in the dynamic-provider process.
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { S3Location } from "../../config/settings.ts";
import { clientFor } from "./client.ts";
import type { S3Connection } from "./connection.ts";
import { ownerMarkerName, ownerName, ownerOf } from "./owner.ts";

export interface PrefixClaimInputs {
    readonly location: S3Location;
    /** The stack's name. */
    readonly owner: string;
    readonly s3?: S3Connection;
    /** Filled in by `check`, and then kept, as generated names are. */
    readonly claim?: string;
}

/** Looks at the server only for a prefix that is new to this stack, so that a preview already finds a taken one. */
export async function check(olds: Partial<PrefixClaimInputs>, news: PrefixClaimInputs) {
    if (olds.claim !== undefined && isDeepStrictEqual(olds.location, news.location) && olds.owner === news.owner) {
        return { inputs: { ...news, claim: olds.claim } };
    }
    try {
        await assertFree(news);
        return { inputs: { ...news, claim: randomUUID() } };
    } catch (error) {
        return { inputs: news, failures: [{ property: "location", reason: (error as Error).message }] };
    }
}

async function assertFree({ location, owner, claim, s3 }: PrefixClaimInputs): Promise<void> {
    const found = await ownerOf(clientFor(s3), location);
    if (found !== undefined && found !== ownerName(owner, claim)) {
        throw new Error(describeTaken(location, found, owner));
    }
}

/** That the prefix belongs to the owner `found`, and what the stack `owner` may do about it. */
export function describeTaken(location: S3Location, found: string, owner: string): string {
    const hint = isOfStack(found, owner)
        ? ` If it was yours and its state is lost, delete ${location.uri}/${ownerMarkerName} to take it over.`
        : "";
    return `${location.uri} belongs to the stack ${found}: choose another directory, or destroy that stack first.${hint}`;
}

/** Whether an owner is a stack of this name, whoever's. */
export function isOfStack(owner: string, stack: string): boolean {
    return owner === stack || owner.startsWith(`${stack} (`);
}

function recorded({ location, owner, s3, claim }: PrefixClaimInputs): PrefixClaimInputs {
    return { location, owner, ...(s3 && { s3 }), ...(claim !== undefined && { claim }) };
}

export function diff(olds: PrefixClaimInputs, news: PrefixClaimInputs) {
    const replaces = (["location", "owner"] as const).filter((key) => !isDeepStrictEqual(olds[key], news[key]));
    return { changes: !isDeepStrictEqual(recorded(olds), recorded(news)), replaces };
}

/** Time has passed since the check, so it looks again. */
export async function create(inputs: PrefixClaimInputs) {
    await assertFree(inputs);
    return { id: inputs.location.uri, outs: recorded(inputs) };
}

export function update(news: PrefixClaimInputs) {
    return { outs: recorded(news) };
}

export function read(id: string, props: PrefixClaimInputs) {
    return { id, props: recorded(props) };
}
