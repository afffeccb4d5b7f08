// Experiments on an S3 server, and what the checks say about them.
import { describeProblem } from "../../../../config/errors.ts";
import type { S3Connection } from "../../../../pipeline/transfer/connection.ts";
import type { Subject } from "../../../../preview/preflight/check.ts";
import { type Report, runChecks } from "../../../../preview/preflight/run.ts";
import { storageChecks } from "../../../../preview/preflight/storage/checks.ts";
import { clearConnection } from "../../../../preview/secrets.ts";
import { experimentSettings, type Recipe } from "../../../components/fixture.ts";

export interface Experiment extends Recipe {
    /** What its cfg says. */
    readonly s3?: S3Connection;
    /** What its stack says. */
    readonly stackKeys?: Required<Pick<S3Connection, "accessKeyId" | "secretAccessKey">>;
    /** Of the shell. @default empty */
    readonly environment?: Subject["environment"];
    /** @default 20000, since a machine that runs all tests may be slow */
    readonly answerWithinMs?: number;
}

/** Trains here, on data on S3. */
export const onS3 = { trainData: "s3://data/first/train" } satisfies Recipe;

export function subjectOf({ s3 = {}, stackKeys, environment = {}, ...recipe }: Experiment): Subject {
    const { endpoint = "", accessKeyId = "", secretAccessKey = "" } = s3;
    const settings = experimentSettings({
        ...recipe,
        cfg: `
[luigi_s3]
endpoint_url = ${endpoint}
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
${recipe.cfg ?? ""}`,
    });
    const secrets = stackKeys && { s3AccessKeyId: stackKeys.accessKeyId, s3SecretAccessKey: stackKeys.secretAccessKey };
    return {
        settings,
        s3: clearConnection(settings, secrets ?? {}),
        dataBytes: 0,
        knownHostsFiles: [],
        home: settings.stack.directory,
        environment,
    };
}

/** What a check says: its status and summary, then each finding. */
export type Said = readonly string[];

/** By the check's name. */
export async function ask(experiment: Experiment): Promise<Map<string, Said>> {
    const { answerWithinMs = 20_000 } = experiment;
    const reports = await runChecks(storageChecks(subjectOf(experiment), answerWithinMs), { timeLimitMs: 30_000 });
    return new Map(reports.map((report) => [report.name, said(report)]));
}

export async function askOne(name: string, experiment: Experiment): Promise<Said> {
    return (await ask(experiment)).get(name) ?? [];
}

function said({ status, summary, findings }: Report): Said {
    return [`${status}: ${summary}`, ...findings.map(({ level, problem }) => `${level}: ${describeProblem(problem)}`)];
}
