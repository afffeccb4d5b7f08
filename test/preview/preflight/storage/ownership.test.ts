// Markers of ownership on a real server.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { put, startS3 } from "../../../pipeline/fixtures/s3.ts";
import { askOne } from "./asked.ts";

const { client, connection: s3 } = await startS3();

function mark(prefix: string, stack: string, claim?: string): Promise<void> {
    return put(client, `${prefix}/.aframe-owner.json`, JSON.stringify({ project: "aframe", stack, claim }));
}

describe("the ownership of a prefix", () => {
    it("is free, this stack's, or another's, for which the stack and a way out are told", async () => {
        await mark("mine/train", "test", "0d9c");
        await mark("theirs/training", "run7", "5e1f");
        const directories = { trainData: "s3://data/mine/train", run: "s3://data/theirs/training" };
        assert.deepEqual(await askOne("ownership", { ...directories, s3 }), [
            "failed: s3://data/mine/train is this stack's, s3://data/theirs/training is another stack's",
            "error: stack config aframe:environment.AFRAME_TRAIN_RUN_DIR: s3://data/theirs/training belongs to the stack " +
                "run7 (claim 5e1f): choose another directory, or destroy that stack first.",
        ]);
    });

    it("does not follow from a neighbour's, nor from a stack whose name starts alike", async () => {
        await mark("run10", "run7");
        assert.deepEqual(await askOne("ownership", { trainData: "s3://data/run1", s3 }), [
            "passed: s3://data/run1 is free",
        ]);
        await mark("run2", "test2");
        const [status] = await askOne("ownership", { trainData: "s3://data/run2", s3 });
        assert.equal(status, "failed: s3://data/run2 is another stack's");
    });
});
