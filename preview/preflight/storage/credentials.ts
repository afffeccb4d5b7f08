// Whether there are keys for S3, and whether the server takes them.
import type { Problem } from "../../../config/errors.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { placeOfValue } from "../../places.ts";
import type { CheckResult, Finding } from "../check.ts";
import type { FoundKeys } from "./keys.ts";
import type { Storage } from "./questions.ts";
import { answerOr, Refused } from "./refusal.ts";

export async function checkCredentials({ questions, settings }: Storage, signal: AbortSignal): Promise<CheckResult> {
    const keys = await answerOr(["keys"], questions.keys());
    if (keys instanceof Refused) return failed("there are none", noKeys(settings, keys));
    // Keys that may not list their buckets are known to the server all the same.
    const answer = await answerOr(["keys", "right"], questions.buckets(signal));
    return answer instanceof Refused && answer.reason === "keys"
        ? failed(`keys ${keys.source}: ${answer.code}`, refusedKeys(keys, answer.code, await questions.address()))
        : { summary: `keys ${keys.source}`, findings: endOf(keys, settings) };
}

function failed(summary: string, problem: Problem): CheckResult {
    return { summary, findings: [{ level: "error", problem }] };
}

function noKeys(settings: ExperimentSettings, { cause }: Refused): Problem {
    const reason = cause instanceof Error && !cause.message.includes("from any providers") ? `: ${cause.message}` : "";
    const message = `is not set, and neither the stack nor this machine's AWS configuration has keys for S3${reason}`;
    const suggestion =
        "aframe config set --secret for both s3AccessKeyId and s3SecretAccessKey, or both keys in [luigi_s3] " +
        "or ~/.aws/credentials";
    return { ...placeOfValue(settings, "luigi_s3", "aws_access_key_id"), message, suggestion };
}

function refusedKeys({ source, places }: FoundKeys, code: string, address: string): Problem {
    switch (code) {
        case "InvalidAccessKeyId": {
            const message = `${address} does not know the access key id ${source}`;
            return { ...places.id, message, suggestion: "each S3 server has keys of its own" };
        }
        case "SignatureDoesNotMatch": {
            const message = `the secret key ${source} is not the one of its access key id`;
            return { ...places.secret, message, suggestion: "copy it again, whole; or a proxy changes the requests" };
        }
        case "ExpiredToken": {
            const message = `the temporary keys ${source} have expired`;
            return { ...places.id, message, suggestion: "get new ones, such as by aws sso login" };
        }
        case "InvalidToken": {
            const message = `the session token ${source} does not belong to its keys`;
            return { ...places.id, message, suggestion: "take id, secret key and token from one place" };
        }
        default: {
            const message = `${address} does not take the keys ${source}: ${code}`;
            return { ...places.id, message, suggestion: "ask those who run it" };
        }
    }
}

/** A pod waits for its GPU and trains for days with what it was given at first. */
function endOf({ source, expiration }: FoundKeys, { training }: ExperimentSettings): Finding[] {
    if (expiration === undefined || training.where === "local") return [];
    const message = `the keys ${source} end at ${expiration.toISOString()}, and the training pod cannot renew them`;
    return [{ level: "warning", problem: { message, suggestion: "give the stack keys that last" } }];
}
