// A real S3 server that knows its users, and what each of them may do.
import assert from "node:assert/strict";
import type { S3Connection } from "../../../../pipeline/transfer/connection.ts";
import { type S3Server, startS3 } from "../../../pipeline/fixtures/s3.ts";

type Keys = Required<Pick<S3Connection, "accessKeyId" | "secretAccessKey">>;

export interface GuardedS3 extends S3Server {
    /** A new user who may do these actions, such as `s3:ListBucket`, and no others. */
    user(name: string, ...actions: readonly string[]): Promise<S3Connection>;
    /** From now on each request needs its right. Ends the making of users. */
    guard(): Promise<void>;
}

/** Starts moto, which checks nothing before it is told to. */
export async function startGuardedS3(): Promise<GuardedS3> {
    const server = await startS3();
    const { endpoint = "" } = server.connection;
    return {
        ...server,
        user: async (name, ...actions) => {
            await askIam(endpoint, { Action: "CreateUser", UserName: name });
            const policy = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: actions, Resource: "*" } };
            const PolicyDocument = JSON.stringify(policy);
            await askIam(endpoint, { Action: "PutUserPolicy", UserName: name, PolicyName: "rights", PolicyDocument });
            return { endpoint, ...(await createKeys(endpoint, name)) };
        },
        guard: async () => {
            assert.ok((await fetch(`${endpoint}/moto-api/reset-auth`, { method: "POST", body: "0" })).ok);
        },
    };
}

async function createKeys(endpoint: string, name: string): Promise<Keys> {
    const answer = await askIam(endpoint, { Action: "CreateAccessKey", UserName: name });
    const [, accessKeyId, secretAccessKey] =
        /<AccessKeyId>(.+?)<\/AccessKeyId>.*<SecretAccessKey>(.+?)<\/SecretAccessKey>/s.exec(answer) ?? [];
    assert.ok(accessKeyId !== undefined && secretAccessKey !== undefined, answer);
    return { accessKeyId, secretAccessKey };
}

async function askIam(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    // Which of its services is meant stands in the credential's scope alone.
    const authorization = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/iam/aws4_request, Signature=none";
    const answer = await fetch(endpoint, {
        method: "POST",
        headers: { authorization },
        body: new URLSearchParams({ Version: "2010-05-08", ...parameters }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, text);
    return text;
}
