// The S3 keys of an experiment, and where they are from; found as the stages and the pod's Secret find them.
import type { ExperimentSettings } from "../../../config/settings.ts";
import type { S3Connection } from "../../../pipeline/transfer/connection.ts";
import { type Place, placeOfValue } from "../../places.ts";
import { Refused } from "./refusal.ts";

export interface FoundKeys {
    readonly pair: Required<Pick<S3Connection, "accessKeyId" | "secretAccessKey">> & Pick<S3Connection, "sessionToken">;
    /** In words: `of the AWS profile work`. */
    readonly source: string;
    readonly places: { readonly id: Place; readonly secret: Place };
    /** When temporary ones end. */
    readonly expiration?: Date;
}

/** Throws Refused when there are none. */
export async function findKeys(
    settings: ExperimentSettings,
    { accessKeyId, secretAccessKey }: S3Connection,
    environment: Readonly<Record<string, string | undefined>>,
): Promise<FoundKeys> {
    if (accessKeyId === undefined || secretAccessKey === undefined) return findInChain(environment);
    const pair = { accessKeyId, secretAccessKey };
    if (accessKeyId !== settings.s3.accessKeyId) {
        const places = { id: { key: "aframe:s3AccessKeyId" }, secret: { key: "aframe:s3SecretAccessKey" } };
        return { pair, source: "of the stack", places };
    }
    const inCfg = (key: string) => placeOfValue(settings, "luigi_s3", key);
    const places = { id: inCfg("aws_access_key_id"), secret: inCfg("aws_secret_access_key") };
    return { pair, source: "of [luigi_s3]", places };
}

async function findInChain(environment: Readonly<Record<string, string | undefined>>): Promise<FoundKeys> {
    const { fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
    try {
        // Most machines are none of Amazon's, where some networks let the question for the machine's role vanish.
        const { expiration, ...found } = await fromNodeProviderChain({ timeout: 1000, maxRetries: 0 })();
        const { accessKeyId, secretAccessKey, sessionToken } = found;
        const pair = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
        const profile = environment.AWS_PROFILE ?? "default";
        const source =
            environment.AWS_ACCESS_KEY_ID === accessKeyId
                ? "of this shell's AWS_ACCESS_KEY_ID"
                : `of this machine's AWS profile ${profile}`;
        return { pair, source, places: { id: {}, secret: {} }, ...(expiration && { expiration }) };
    } catch (error) {
        throw new Refused("keys", "NoKeys", error);
    }
}
