// Where the W&B key is said to come from, and what is told of one that cannot be right.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { readCredentials } from "../../../../components/credentials.ts";
import type { Subject } from "../../../../preview/preflight/check.ts";
import { machineChecks } from "../../../../preview/preflight/machine/checks.ts";
import type { Report } from "../../../../preview/preflight/run.ts";
import { canaries, remoteRecipe, temporaryDirectory } from "../../../components/fixture.ts";
import { reportsOf, subjectOf, told, type Variation } from "./subject.ts";

const old = "0123456789abcdef".repeat(3).slice(0, 40);
const logs = { settings: { luigi_Train: { use_wandb: "True" } } };
const remote = { ...remoteRecipe, cfg: "" };

async function ask(variation: Variation, subject: Partial<Subject> = {}): Promise<Report> {
    const [report] = await reportsOf({ ...subjectOf({ ...variation, stack: logs }), ...subject }, ["W&B key"]);
    assert.ok(report);
    return report;
}

describe("the W&B key", () => {
    it("is not asked for when training does not log there", () => {
        assert.ok(machineChecks(subjectOf()).every(({ name }) => name !== "W&B key"));
    });

    it("is missing: for a pod an error, in the words of the program, and here a doubt", async () => {
        const [error] = told(await ask(remote));
        const { settings } = subjectOf({ ...remote, stack: logs });
        assert.throws(() => readCredentials(settings, {}), { message: error?.replace("error: ", "") ?? "" });
        const [warning] = told(await ask({}));
        assert.equal(warning, error?.replace("error", "warning"));
    });

    it("is told with its source", async () => {
        const home = temporaryDirectory();
        writeFileSync(path.join(home, ".netrc"), `machine api.wandb.ai login user password ${old}\n`);
        const inCfg = { ...remote, cfg: `[luigi_wandb]\napi_key = ${old}\n` };
        const rows: readonly (readonly [string, Variation, Partial<Subject>])[] = [
            ["[luigi_wandb] api_key", inCfg, {}],
            ["WANDB_API_KEY", remote, { environment: { WANDB_API_KEY: old } }],
            [`${home}/.netrc`, remote, { home }],
            ["aframe:wandbApiKey", remote, {}],
        ];
        for (const [source, variation, subject] of rows) {
            const { status, summary } = await ask(variation, { ...subject, wandbApiKey: old });
            assert.deepEqual([status, summary], ["passed", `from ${source}`]);
        }
    });

    const rows: readonly (readonly [string, string, string | undefined])[] = [
        ["of 40 hexadecimal digits", old, undefined],
        ["of the newer form", `wandb_v1_${"a1B2".repeat(20)}`, undefined],
        ["of a server of one's own", `local-${old}`, undefined],
        ["that was cut", old.slice(1), "has 39 characters, less than the 40 of any key"],
        ["with a line end", `${old}\n`, "holds a blank"],
        ["in quotes", `"${old}"`, "holds a quote"],
    ];
    for (const [what, key, message] of rows) {
        it(`${what} is ${message === undefined ? "taken" : "doubtful, and not shown"}`, async () => {
            const report = await ask(remote, { wandbApiKey: key });
            const place = "warning: stacks/Pulumi.test.yaml: aframe:wandbApiKey: the W&B key";
            const advice = "(copy it from https://wandb.ai/authorize)";
            assert.deepEqual(told(report), message === undefined ? [] : [`${place} ${message} ${advice}`]);
        });
    }

    it("of the cfg is doubtful where it stands", async () => {
        const cfg = `[luigi_wandb]\napi_key = ${canaries.wandb}\n`;
        const report = await ask({ ...remote, cfg }, { wandbApiKey: canaries.wandb });
        assert.match(
            told(report).join(),
            /^warning: sandbox\.cfg:10: \[luigi_wandb\] api_key: the W&B key has 16 char/,
        );
    });
});
