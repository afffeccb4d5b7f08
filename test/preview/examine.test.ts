// What is said of an experiment before anything runs: all mistakes and obstacles at once, and what it costs.
import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "node:test";
import { describeProblem, type Problem } from "../../config/errors.ts";
import { type Examination, type ExamineRequest, examine } from "../../preview/examine.ts";
import { writeExperiment } from "../components/fixture.ts";

interface Written {
    readonly cfg?: string;
    readonly config?: Readonly<Record<string, unknown>>;
    readonly variables?: Readonly<Record<string, string>>;
}

const onS3 = {
    AFRAME_TRAIN_DATA_DIR: "s3://my-bucket/run1/data/train",
    AFRAME_TRAIN_RUN_DIR: "s3://my-bucket/run1/training",
};

/** An experiment on a disk, asked about in a home without any credentials or kubeconfig. */
function write({ cfg = "", config = {}, variables = {} }: Written): ExamineRequest {
    const { directory, environment } = writeExperiment(cfg);
    return {
        stack: "my-run",
        source: "stacks/Pulumi.my-run.yaml",
        config: {
            directory,
            environment: { ...environment, ...variables },
            law: [path.join(directory, "no-law")],
            kubernetes: { context: "nautilus", namespace: "physics" },
            ...config,
        },
        secrets: { s3AccessKeyId: "CANARYKEY", s3SecretAccessKey: "canary-secret" },
        environment: { PATH: process.env.PATH, KUBECONFIG: path.join(directory, "no-kubeconfig") },
        home: directory,
    };
}

const lines = (problems: readonly Problem[]) => problems.map(describeProblem);

function has(problems: readonly Problem[], ...patterns: RegExp[]): void {
    for (const pattern of patterns) {
        assert.ok(
            lines(problems).some((line) => pattern.test(line)),
            `${String(pattern)} is not among\n${lines(problems).join("\n")}`,
        );
    }
}

const wasteful = /memory_per_cpu: .*less than 20% is waste \(Nautilus: https:/;

describe("what is wrong with an experiment", () => {
    const cfg = `request_gpus = four
use_init_containers = True
git_url = git@git.example.org:me/aframe.git
[luigi_ssh]
ssh_file = /no/such/key
[luigi_s3]
endpoint_url = http://127.0.0.1:9
[luigi_TestingWaveforms]
spaceing = 3
`;

    it("is said at once: of the stack, the cfg, the key, the cluster, S3 and law", async () => {
        const found = await examine(write({ cfg, config: { colour: "red" }, variables: onS3 }));
        has(
            found.mistakes,
            /aframe:colour: there is no such key/,
            /^sandbox\.cfg:3: \[luigi_Train\] request_gpus: "four" is not a whole number/,
            /^sandbox\.cfg:7: \[luigi_ssh\] ssh_file: \/no\/such\/key does not exist/,
        );
        has(
            found.obstacles,
            /no-kubeconfig: the kubeconfig cannot be read/,
            /endpoint_url: nothing listens at/,
            /aframe:law: /,
        );
        has(
            found.warnings,
            /^sandbox\.cfg:11: \[luigi_TestingWaveforms\] spaceing: unknown key \(did you mean spacing\?\)/,
        );
        assert.doesNotMatch(JSON.stringify(found), /CANARYKEY|canary-secret/);
    });

    it("is not said twice, as mistake and as obstacle", async () => {
        const { mistakes, obstacles } = await examine(write({ cfg, variables: onS3 }));
        const all = lines([...mistakes, ...obstacles]);
        assert.equal(new Set(all).size, all.length, all.join("\n"));
    });

    it("asks nobody when preflight is off, by the stack or by whoever asks, and still tells what is wrong here", async () => {
        const byStack = await examine(write({ cfg, config: { preflight: false }, variables: onS3 }));
        const byCaller = await examine({ ...write({ cfg, variables: onS3 }), preflight: false });
        for (const { reports, mistakes, obstacles } of [byStack, byCaller]) {
            assert.deepEqual(reports, []);
            assert.deepEqual(obstacles, []);
            has(mistakes, /request_gpus/, /ssh_file/);
        }
    });

    it("ends with the mistakes when not even the directories can be told", async () => {
        const found = await examine(write({ variables: { AFRAME_TRAIN_RUN_DIR: "" } }));
        has(found.mistakes, /aframe:environment\.AFRAME_TRAIN_RUN_DIR: is not set/);
        assert.deepEqual([found.reports, found.forecast], [[], undefined]);
    });
});

describe("the rules of the cluster", () => {
    const judged = (config: Readonly<Record<string, unknown>>): Promise<Examination> =>
        examine({ ...write({ config, variables: onS3 }), preflight: false });

    it("are warnings by default, mistakes when the policy is strict, and silent when it is off", async () => {
        const [warned, strict, off] = [
            await judged({}),
            await judged({ policy: "strict" }),
            await judged({ policy: "off" }),
        ];
        has(warned.warnings, wasteful);
        assert.deepEqual(warned.mistakes, []);
        has(strict.mistakes, wasteful);
        assert.doesNotMatch(lines([...off.warnings, ...off.mistakes]).join("\n"), wasteful);
    });

    it("cannot be had from a profile that is not there, which is a mistake in any case", async () => {
        const { mistakes } = await judged({ policyProfile: "/no/such/profile.yaml" });
        has(mistakes, /aframe:policyProfile: .*\/no\/such\/profile\.yaml/);
    });
});

describe("the forecast", () => {
    it("is there also when the experiment cannot work, for the pod as it is asked for", async () => {
        const { forecast, mistakes } = await examine({
            ...write({ cfg: "seed = x\n", variables: onS3 }),
            preflight: false,
        });
        has(mistakes, /seed: "x"/);
        assert.ok((forecast?.dataBytes ?? 0) > 1e9);
    });
});
