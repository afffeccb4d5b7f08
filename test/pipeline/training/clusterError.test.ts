import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiException } from "@kubernetes/client-node";
import { describeClusterError } from "../../../pipeline/training/clusterError.ts";

function refusal(code: number, message: string): ApiException<string> {
    return new ApiException(code, "refused", JSON.stringify({ kind: "Status", message }), {});
}

test("a right that is missing is named, and who has to get it", () => {
    const message =
        'pods is forbidden: User "me" cannot list resource "pods" in API group "" in the namespace "physics"';
    assert.equal(
        describeClusterError(refusal(403, message)),
        "you may not list pods in the namespace physics; ask for the verb list on pods (docs/role.yaml) for me (HTTP 403)",
    );
});

test("the API group is part of the resource's name, and what holds on the whole cluster names no namespace", () => {
    const message = 'jobs.batch is forbidden: User "me" cannot watch resource "jobs" in API group "batch"';
    assert.match(
        describeClusterError(refusal(403, message)),
        /^you may not watch jobs on this cluster; ask for the verb watch on jobs\.batch /,
    );
});

test("what forbids something for another reason, and other refusals, keep the server's words", () => {
    assert.equal(describeClusterError(refusal(403, "exceeded quota: gpus")), "exceeded quota: gpus (HTTP 403)");
    assert.equal(describeClusterError(refusal(404, "no such pod")), "no such pod (HTTP 404)");
});

test("an error of the network is told with its causes", () => {
    const error = new Error("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    assert.equal(describeClusterError(error), "fetch failed: connect ECONNREFUSED");
});
