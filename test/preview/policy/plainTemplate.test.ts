import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { Experiment } from "../../../components/experiment.ts";
import { planTraining, type TrainingPlan } from "../../../components/trainingPlan.ts";
import { knownLater, plainTemplate } from "../../../preview/policy/plainTemplate.ts";
import { experimentSettings, type Recipe, remoteRecipe, temporaryDirectory } from "../../components/fixture.ts";
import { only, record } from "../../helpers/mocks.ts";

describe("the template that is judged", () => {
    const dataBytes = 9e9;

    async function declaredTemplate(recipe: Recipe) {
        const settings = experimentSettings(recipe);
        const knownHostsFiles = ["/nonexistent/known_hosts"];
        const args = { settings, lawConfig: "", secrets: {}, knownHostsFiles };
        const { declared } = await record(() => new Experiment("test", args));
        const { spec } = only(declared, "batch/v1:Job").inputs as { spec: { template: unknown } };
        return { declared: spec.template, judged: judgedTemplate(planTraining(settings, knownHostsFiles)) };
    }

    /** Without what only the stages and the git server can tell. */
    function withoutLater(template: unknown): unknown {
        const later = ["AFRAME_MANIFESTS", "AFRAME_TRAINING_DIGEST", "AFRAME_COMMIT"];
        return JSON.parse(JSON.stringify(template), (key, value: unknown) => {
            const { name } = (value ?? {}) as { name?: unknown };
            const isLater = key === "aframe/training-digest" || key === "aframe/commit" || later.includes(String(name));
            const isRef = typeof value === "string" && value.startsWith("--ref=");
            return isLater ? [key, name] : isRef ? "--ref" : value;
        });
    }

    function judgedTemplate(plan: TrainingPlan | undefined): unknown {
        return plainTemplate(plan ?? assert.fail("training is not remote"), dataBytes);
    }

    it("is the declared one", async () => {
        const { declared, judged } = await declaredTemplate(remoteRecipe);
        assert.deepEqual(withoutLater(judged), withoutLater(declared));
    });

    it("is the declared one with code from git, a claim and a patch as well", async () => {
        const key = path.join(temporaryDirectory(), "id_ed25519");
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
        const git = "\nuse_init_containers = True\ngit_url = git@github.com:a/b.git\ngit_ref = main\n";
        const { declared, judged } = await declaredTemplate({
            ...remoteRecipe,
            cfg: `${git}${remoteRecipe.cfg}\n[luigi_ssh]\nssh_file = ${key}\n`,
            stack: {
                volume: { storageClassName: "rook-cephfs", size: "10Gi" },
                podTemplatePatch: { spec: { containers: [{ name: "train", imagePullPolicy: "IfNotPresent" }] } },
            },
        });
        assert.deepEqual(withoutLater(judged), withoutLater(declared));
        assert.match(JSON.stringify(judged), new RegExp(`--ref=${knownLater}.*IfNotPresent`));
        assert.ok(!JSON.stringify(judged).includes(readFileSync(key, "utf8").split("\n")[2] ?? assert.fail()));
    });
});
