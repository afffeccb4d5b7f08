// The last metrics in what Lightning's CSV logger writes.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lastLine, newestVersion } from "../../../pipeline/training/metrics.ts";

describe("the last metrics", () => {
    it("are the values of the last line by name, without those that its step does not have", () => {
        const csv = "epoch,step,train_loss,valid_auroc\n2,160,0.5,\n2,160,,0.9\n3,240,0.41,\n";
        assert.deepEqual(lastLine(csv), { epoch: "3", step: "240", train_loss: "0.41" });
    });

    it("are those of the last whole line when the copy was made in the middle of one", () => {
        assert.deepEqual(lastLine("epoch,step,loss\r\n1,80,0.5\r\n2,1"), { epoch: "1", step: "80", loss: "0.5" });
    });

    it("are none before the first line", () => {
        assert.equal(lastLine(""), undefined);
        assert.equal(lastLine("epoch,loss\n"), undefined);
    });

    it("are those of the newest version by number", () => {
        const names = ["2", "10", "9"].map((version) => `lightning_logs/version_${version}/metrics.csv`);
        assert.equal(newestVersion([...names, "model.pt"]), "lightning_logs/version_10/metrics.csv");
        assert.equal(newestVersion(["lightning_logs/version_1/hparams.yaml"]), undefined);
    });
});
