// The credentials of an experiment as a preview needs them: in clear, for this process alone.

import { findWandbKey } from "../components/wandbKey.ts";
import type { ExperimentSettings } from "../config/settings.ts";
import { type S3Connection, s3Region } from "../pipeline/transfer/connection.ts";

/** What the stack's config holds encrypted. */
export interface ClearSecrets {
    readonly s3AccessKeyId?: string;
    readonly s3SecretAccessKey?: string;
    readonly wandbApiKey?: string;
}

/** As the stages will connect: a pair of the stack, else one of the cfg, else the usual AWS chain of the process. */
export function clearConnection({ s3 }: ExperimentSettings, secrets: ClearSecrets): S3Connection {
    const { s3AccessKeyId, s3SecretAccessKey } = secrets;
    const ofStack = { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey };
    const pair = [ofStack, s3].find(({ accessKeyId, secretAccessKey }) => accessKeyId && secretAccessKey);
    return {
        region: s3Region,
        ...(s3.endpoint !== undefined && { endpoint: s3.endpoint }),
        ...(pair?.accessKeyId !== undefined &&
            pair.secretAccessKey !== undefined && {
                accessKeyId: pair.accessKeyId,
                secretAccessKey: pair.secretAccessKey,
            }),
    };
}

/** That of the stack, of the cfg, or of this machine. */
export function clearWandbKey(
    { wandb }: ExperimentSettings,
    secrets: ClearSecrets,
    environment: Readonly<Record<string, string | undefined>>,
    home: string,
): string | undefined {
    return secrets.wandbApiKey ?? wandb.apiKey ?? findWandbKey(environment, home);
}
