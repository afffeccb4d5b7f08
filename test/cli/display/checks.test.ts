// The list of checks, as `aframe check` prints it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pc from "picocolors";
import { renderChecks } from "../../../cli/display/checks.ts";
import type { Report } from "../../../preview/preflight/run.ts";

const plain = pc.createColors(false);

const reports: readonly Report[] = [
    {
        group: "Kubernetes",
        name: "kubeconfig",
        status: "passed",
        summary: "context nautilus",
        seconds: 0,
        findings: [],
    },
    {
        group: "Kubernetes",
        name: "nodes",
        status: "failed",
        summary: "none of 12 nodes could take the pod",
        seconds: 1.23,
        findings: [
            {
                level: "error",
                problem: {
                    file: "sandbox.cfg",
                    line: 4,
                    section: "luigi_Train",
                    key: "request_gpus",
                    message: "9 GPUs, and no node has more than 8",
                },
            },
        ],
    },
    {
        group: "S3",
        name: "bucket",
        status: "skipped",
        summary: "the server cannot be reached",
        seconds: 0,
        findings: [],
    },
];

describe("the list of checks", () => {
    it("has a line for each below its group, with findings in place and times of slow ones", () => {
        assert.deepEqual(renderChecks(reports, plain), [
            "Kubernetes",
            "  ✔ kubeconfig  context nautilus",
            "  ✘ nodes       none of 12 nodes could take the pod (1.2 s)",
            "      sandbox.cfg:4: [luigi_Train] request_gpus: 9 GPUs, and no node has more than 8",
            "S3",
            "  - bucket      the server cannot be reached",
        ]);
    });

    it("is empty when nothing was asked", () => {
        assert.deepEqual(renderChecks([], plain), []);
    });
});
