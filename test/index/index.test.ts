// The program as Pulumi runs it, up to the engine.
import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "node:test";
import type { ExperimentOutputs } from "../../components/experimentOutputs.ts";
import { writeExperiment } from "../components/fixture.ts";
import { findPlain, only, record, reveal, value } from "../helpers/mocks.ts";

interface Program {
    readonly default: ExperimentOutputs;
}

let runs = 0;

/** Evaluates index.ts afresh with this config. */
function program(config: Readonly<Record<string, string>>) {
    runs += 1;
    // Here it is what the program makes of its config that counts; what it makes of the world is said below.
    const named = Object.entries({ preflight: "false", ...config }).map(([key, text]) => [`aframe:${key}`, text]);
    return record(() => import(`../../index.ts?run=${runs}`) as Promise<Program>, {
        stack: "my-run",
        config: Object.fromEntries(named) as Record<string, string>,
    });
}

const onS3 = {
    AFRAME_TRAIN_DATA_DIR: "s3://my-bucket/run1/data/train",
    AFRAME_TRAIN_RUN_DIR: "s3://my-bucket/run1/training",
};

describe("the program", () => {
    it("reads the stack's config and exports what others want to know", async () => {
        const { directory, environment } = writeExperiment();
        const config = { directory, environment: JSON.stringify(environment), law: '["law"]', workers: "3", gpus: "" };
        const { declared, result } = await program(config);
        const outputs = result.default;
        assert.equal(outputs.runDir, `${directory}/training`);
        assert.equal(outputs.model, `${directory}/training/model.pt`);
        assert.equal(outputs.sensitiveVolume, `${directory}/results/plots/sensitive_volume.h5`);
        assert.ok(!("job" in outputs) && !("commit" in outputs));
        const stages = await value(outputs.stages);
        assert.deepEqual(stages.SandboxSV, { state: "succeeded", seconds: 1, digest: "digest of SandboxSV" });
        const { command } = only(declared, ":Stage", "my-run-FetchTrain").inputs;
        assert.deepEqual(command, [
            ...["law", "run", "aframe.tasks.data.fetch.FetchTrain", "--local-scheduler"],
            ...["--workers", "3", "--gpus", ""],
        ]);
        const { path: cfg, text } = only(declared, ":ResolvedConfig").inputs;
        assert.equal(cfg, `${directory}/.aframe/resolved.cfg`);
        assert.match(String(text), /^\[luigi_TrainLocal\]$/m);
    });

    it("takes the stack's secrets before those of the cfg, and keeps them secret", async () => {
        const cfg = "[luigi_s3]\naws_access_key_id = CFGKEY\naws_secret_access_key = cfg-secret\n";
        const { directory, environment } = writeExperiment(cfg);
        const { declared, result } = await program({
            directory,
            environment: JSON.stringify({ ...environment, ...onS3 }),
            law: '["law"]',
            kubernetes: '{"context":"nautilus","namespace":"physics"}',
            s3AccessKeyId: "STACKKEY",
            s3SecretAccessKey: "stack-secret",
            wandbApiKey: "stack-wandb",
        });
        assert.deepEqual(reveal(only(declared, ":Secret", "my-run-env").inputs.stringData), {
            AWS_ACCESS_KEY_ID: "STACKKEY",
            AWS_SECRET_ACCESS_KEY: "stack-secret",
            WANDB_API_KEY: "stack-wandb",
        });
        for (const secret of ["STACKKEY", "stack-secret", "stack-wandb", "CFGKEY", "cfg-secret"]) {
            assert.deepEqual(
                declared.flatMap(({ name, inputs }) => findPlain(inputs, secret, name)),
                [],
            );
        }
        assert.equal((await value(result.default.job ?? assert.fail())).namespace, "physics");
    });

    it("asks the world first, and declares nothing when the experiment cannot work there", async () => {
        const { directory, environment } = writeExperiment();
        const law = path.join(directory, "no-law");
        const config = { directory, environment: JSON.stringify(environment), law: JSON.stringify([law]) };
        const blocked = program({ ...config, preflight: "true" });
        await assert.rejects(blocked, (error: Error) => {
            assert.equal(error.constructor.name, "RunError");
            assert.match(error.message, /^stacks\/Pulumi\.my-run\.yaml: aframe:law: there is no .*no-law/m);
            return true;
        });
    });

    it("does not ask again what the command line has asked for this stack", async () => {
        const { directory, environment } = writeExperiment();
        process.env.AFRAME_EXAMINED = "my-run";
        try {
            const law = JSON.stringify([path.join(directory, "no-law")]);
            const config = { directory, environment: JSON.stringify(environment), law, preflight: "true" };
            const { result } = await program(config);
            assert.equal(result.default.runDir, `${directory}/training`);
        } finally {
            delete process.env.AFRAME_EXAMINED;
        }
    });

    it("shows a wrong configuration as such, all of it, and declares nothing", async () => {
        const { directory } = writeExperiment("kernel_lenght = 2\nrequest_gpus = four\n");
        const wrong = program({ directory, artifacts: "keep", colour: "red" });
        await assert.rejects(wrong, (error: Error) => {
            assert.equal(error.constructor.name, "RunError");
            assert.match(error.message, /stacks\/Pulumi\.my-run\.yaml: aframe:colour: there is no such key/);
            assert.match(error.message, /aframe:artifacts: "keep" is not right \(one of retain, delete\)/);
            return true;
        });
    });
});
