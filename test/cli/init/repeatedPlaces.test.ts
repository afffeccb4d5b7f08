// Where a repeated run puts what the run had in its directories.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { otherVariables, relocator, repeatedPlaces } from "../../../cli/init/repeatedPlaces.ts";
import type { RunFile } from "../../../pipeline/provenance/runFile.ts";

function runWith(directories: Partial<RunFile["directories"]>, environment: Record<string, string> = {}): RunFile {
    const here = { testData: "/old/data/test", condor: "/old/condor", results: "/old/results", tmp: "/old/tmp" };
    return {
        directories: { trainData: "/old/data/train", run: "/old/training", ...here, ...directories },
        stack: { directory: "/old", environment },
    } as RunFile;
}

const remote = { trainData: "s3://data/runs/old/data/train", run: "s3://data/runs/old/training" };
const place = { directory: "/new", stack: "new" };
const dataAndRun = (run: RunFile, rest: { bucket?: string } = {}) => {
    const { AFRAME_TRAIN_DATA_DIR: data, AFRAME_TRAIN_RUN_DIR: runDir } = repeatedPlaces(run, { ...place, ...rest });
    return [data, runDir];
};

describe("the directories of a repeated run", () => {
    it("are in the new experiment when the run had them here", () => {
        assert.deepEqual(dataAndRun(runWith({})), ["/new/data/train", "/new/training"]);
        assert.throws(() => dataAndRun(runWith({}), { bucket: "s3://data/x" }), /had nothing on S3/);
    });

    it("are beside those of the run on S3, or where they are told to be", () => {
        assert.deepEqual(dataAndRun(runWith(remote)), ["s3://data/runs/new/data/train", "s3://data/runs/new/training"]);
        assert.deepEqual(dataAndRun(runWith(remote), { bucket: "s3://other" }), [
            "s3://other/data/train",
            "s3://other/training",
        ]);
        const top = { trainData: "s3://data/data/train", run: "s3://data/training" };
        assert.equal(dataAndRun(runWith(top))[1], "s3://data/new/training");
    });

    it("leave training here when only the data were on S3", () => {
        const run = runWith({ trainData: remote.trainData });
        assert.deepEqual(dataAndRun(run), ["s3://data/runs/new/data/train", "/new/training"]);
    });

    it("must be told when the run's own have another form, and are never the run's own", () => {
        const missing = /--s3-bucket s3:\/\/BUCKET\/PREFIX is missing/;
        assert.throws(() => dataAndRun(runWith({ ...remote, run: "s3://data/models/7" })), missing);
        assert.throws(() => dataAndRun(runWith({ ...remote, run: "s3://else/runs/old/training" })), missing);
        const same = /is where the run itself is; give another --s3-bucket/;
        assert.throws(() => dataAndRun(runWith(remote), { bucket: "s3://data/runs/old" }), same);
        assert.throws(() => repeatedPlaces(runWith(remote), { ...place, stack: "old" }), same);
    });
});

describe("values that lead into a directory of the run", () => {
    it("lead into the one of its repetition, and others stay", () => {
        const run = runWith({});
        const relocate = relocator(run, repeatedPlaces(run, place));
        assert.equal(relocate("/old/results/a.h5"), "/new/results/a.h5");
        assert.equal(relocate("/old/tmp"), "/new/tmp");
        for (const text of ["/old/results2/a", "/old/prior.py", "/elsewhere", "old", ""]) {
            assert.equal(relocate(text), text);
        }
    });
});

describe("the other variables of the stack", () => {
    it("are kept, but for directories and those whose values the cfg has", () => {
        const environment = {
            AFRAME_REPO: "/repo",
            AWS_ENDPOINT_URL: "https://s3",
            AFRAME_TRAIN_DATA_DIR: "/a",
            AFRAME_TRAIN_WAVEFORMS_DIR: "/b",
            LAW__luigi_Train__git_ref: "main",
        };
        const kept = { AFRAME_REPO: "/repo", AWS_ENDPOINT_URL: "https://s3" };
        assert.deepEqual(otherVariables(runWith({}, environment)), kept);
    });
});
