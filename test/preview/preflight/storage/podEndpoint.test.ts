// The address of S3 as pods are given it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { s3Directories } from "../../../../preview/preflight/storage/directories.ts";
import { checkPodEndpoint } from "../../../../preview/preflight/storage/podEndpoint.ts";
import { Questions } from "../../../../preview/preflight/storage/questions.ts";
import { subjectOf } from "./asked.ts";
import { setVariables } from "./shell.ts";

function look(endpoint: string) {
    const directories = { trainData: "s3://data/train", run: "s3://data/training" };
    const subject = subjectOf({ ...directories, s3: { endpoint } });
    const { settings } = subject;
    const questions = new Questions(subject, "data", 1000);
    return checkPodEndpoint({ settings, directories: s3Directories(settings), questions });
}

/** This machine's own configuration of AWS has no part in the tests. */
const noneHere = { AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_S3: undefined, AWS_CONFIG_FILE: "/dev/null" };

describe("the address of S3 for pods", () => {
    const rows: readonly [string, string, string, string | undefined][] = [
        [
            "is the one inside for a known pool",
            "https://s3-central.nrp-nautilus.io",
            "http://rook-ceph-rgw-centrals3.rook-central, and here https://s3-central.nrp-nautilus.io",
            undefined,
        ],
        ["is the same elsewhere", "https://s3.example.org", "https://s3.example.org, as here", undefined],
        ["may be one of this network", "http://10.213.0.1:9000", "http://10.213.0.1:9000, as here", undefined],
        ["is no address of each machine's own", "http://127.0.0.1:9000", "http://127.0.0.1:9000, as here", "error"],
        ["is no name of each machine's own", "http://localhost:9000", "http://localhost:9000, as here", "error"],
        ["is no IPv6 address of each machine's own", "http://[::1]:9000", "http://[::1]:9000, as here", "error"],
        ["is doubtful when only this network knows it", "http://nas:9000", "http://nas:9000, as here", "warning"],
        ["is Amazon's when none is given", "", "Amazon's, and here https://s3.us-east-1.amazonaws.com", undefined],
    ];
    for (const [behaviour, endpoint, summary, level] of rows) {
        it(behaviour, async (test) => {
            setVariables(test, noneHere);
            const found = await look(endpoint);
            assert.equal(found.summary, summary);
            assert.deepEqual(
                found.findings?.map((finding) => finding.level),
                level === undefined ? [] : [level],
            );
        });
    }

    it("is told to be wrong at the line where it stands, with what to write", async () => {
        const { findings } = await look("http://localhost:9000");
        assert.deepEqual(findings?.[0]?.problem, {
            file: "sandbox.cfg",
            line: 11,
            section: "luigi_s3",
            key: "endpoint_url",
            message: "training runs in a pod, and to a pod localhost is the pod itself",
            suggestion: "an address in the network, such as https://s3-west.nrp-nautilus.io",
        });
    });

    it("must not be another than the one that stages find by themselves", async (test) => {
        setVariables(test, { ...noneHere, AWS_ENDPOINT_URL: "https://s3.example.org/" });
        const { summary, findings } = await look("");
        assert.equal(summary, "Amazon's, and here https://s3.example.org");
        assert.equal(findings?.[0]?.level, "error");
        assert.equal(
            findings[0].problem.message,
            "is not set, so that pods use Amazon's S3, but AWS_ENDPOINT_URL or the AWS profile here leads to https://s3.example.org",
        );
        assert.equal(findings[0].problem.suggestion, "write https://s3.example.org");
        assert.deepEqual((await look("https://other.example.org")).findings, []);
    });
});
