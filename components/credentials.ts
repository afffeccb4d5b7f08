// The credentials of an experiment: those given to it, else for S3 those of the usual AWS chain.
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../config/errors.ts";
import type { ExperimentSettings } from "../config/settings.ts";
import { type S3Connection, s3Region } from "../pipeline/transfer/connection.ts";
import type { S3Credentials } from "./awsProvider.ts";
import { missingWandbKey } from "./wandbKey.ts";

/** The stack's own secrets beat what the cfg says. */
export interface StackSecrets {
    readonly wandbApiKey?: pulumi.Output<string>;
    readonly s3AccessKeyId?: pulumi.Output<string>;
    readonly s3SecretAccessKey?: pulumi.Output<string>;
    /** What this machine knows; used when neither stack nor cfg has one and a pod needs it. */
    readonly ambientWandbApiKey?: pulumi.Output<string>;
}

export interface Credentials {
    /** Absent when none were given, and then every process finds its own. */
    readonly s3?: S3Credentials;
    readonly wandbApiKey?: pulumi.Output<string>;
}

/** Wraps what the cfg gives. Throws a ConfigError for half a pair, and for a pod that would lack its W&B key. */
export function readCredentials(settings: ExperimentSettings, secrets: StackSecrets): Credentials {
    const s3 = readS3Credentials(settings, secrets);
    const { apiKey } = settings.wandb;
    const given = secrets.wandbApiKey ?? (apiKey === undefined ? undefined : pulumi.secret(apiKey));
    // A local training finds it by itself.
    const needed = settings.training.where === "remote" && settings.training.useWandb;
    const wandbApiKey = given ?? (needed ? secrets.ambientWandbApiKey : undefined);
    if (wandbApiKey === undefined && needed) {
        throw missingWandbKey(settings);
    }
    return { ...(s3 && { s3 }), ...(wandbApiKey && { wandbApiKey }) };
}

/** A pair comes from one place, so that half of another account's never slips in. */
function readS3Credentials(settings: ExperimentSettings, secrets: StackSecrets): S3Credentials | undefined {
    const { s3AccessKeyId, s3SecretAccessKey } = secrets;
    if (s3AccessKeyId !== undefined && s3SecretAccessKey !== undefined) {
        return { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey };
    }
    if (s3AccessKeyId !== undefined || s3SecretAccessKey !== undefined) {
        const missing = s3AccessKeyId === undefined ? "s3AccessKeyId" : "s3SecretAccessKey";
        const suggestion = `aframe config set --secret ${missing}`;
        throw new ConfigError([
            { key: `aframe:${missing}`, message: "is not set, but the other half of the pair is", suggestion },
        ]);
    }
    const { accessKeyId, secretAccessKey } = settings.s3;
    return accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId: pulumi.secret(accessKeyId), secretAccessKey: pulumi.secret(secretAccessKey) };
}

/** What the stages need to reach S3; secret as soon as it holds keys. */
export function s3Connection(
    settings: ExperimentSettings,
    credentials: S3Credentials | undefined,
): pulumi.Input<S3Connection> {
    const { endpoint } = settings.s3;
    const server = { region: s3Region, ...(endpoint !== undefined && { endpoint }) };
    if (credentials === undefined) {
        return server;
    }
    return pulumi
        .all([credentials.accessKeyId, credentials.secretAccessKey])
        .apply(([accessKeyId, secretAccessKey]) => ({
            ...server,
            accessKeyId,
            secretAccessKey,
        }));
}

/** A pod has no chain of its own, so what this machine's chain finds goes into its Secret. */
export function podCredentials(given: S3Credentials | undefined): Record<string, pulumi.Output<string>> {
    if (given !== undefined) {
        return { AWS_ACCESS_KEY_ID: given.accessKeyId, AWS_SECRET_ACCESS_KEY: given.secretAccessKey };
    }
    const found = pulumi.secret(chainCredentials());
    return {
        AWS_ACCESS_KEY_ID: found.apply((credentials) => credentials.accessKeyId),
        AWS_SECRET_ACCESS_KEY: found.apply((credentials) => credentials.secretAccessKey),
        AWS_SESSION_TOKEN: found.apply((credentials) => credentials.sessionToken ?? ""),
    };
}

async function chainCredentials() {
    const { fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
    try {
        return await fromNodeProviderChain()();
    } catch (error) {
        throw new pulumi.RunError(
            "the training pod needs keys for S3, and there are none: set [luigi_s3] aws_access_key_id and " +
                "aws_secret_access_key, or the secrets aframe:s3AccessKeyId and aframe:s3SecretAccessKey, or " +
                `~/.aws/credentials (${error instanceof Error ? error.message : String(error)})`,
        );
    }
}
