import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Experiment } from "../../components/experiment.ts";
import { ConfigError } from "../../config/errors.ts";
import {
    collecting,
    type Declared,
    findPlain,
    listing,
    type Option,
    only,
    record,
    reveal,
    value,
} from "../helpers/mocks.ts";
import { canaries, experimentSettings, type Recipe, remoteRecipe, withCredentials } from "./fixture.ts";

const localStages = ["FetchTrain", "TrainingWaveforms", "ValidationWaveforms", "FetchTest", "TestingWaveforms"];
const laterStages = ["ExportLocal", "SandboxInfer", "SandboxSV"];

function experiment(recipe: Recipe = {}) {
    return new Experiment("test", { settings: experimentSettings(recipe), lawConfig: "[core]\n", secrets: {} });
}

function stagesNamed(names: readonly string[]): string[] {
    return names.map((name) => `pulumi-nodejs:dynamic/aframe:Stage test-${name}`);
}

const frame = [
    "aframe:index:Experiment test",
    "aframe:index:LocalPipeline test-data",
    "aframe:index:LocalPipeline test-results",
    "pulumi-nodejs:dynamic/aframe:ResolvedConfig test",
    "pulumi-nodejs:dynamic/aframe:RunFile test",
];

function prefix(role: string): string[] {
    return [
        `aframe:index:DataPrefix test-${role}`,
        `aws:s3/bucketObjectv2:BucketObjectv2 test-${role}`,
        `pulumi-nodejs:dynamic/aframe:PrefixClaim test-${role}`,
        `pulumi-nodejs:dynamic/aframe:PrefixContents test-${role}`,
    ];
}

describe("an experiment that is all local", () => {
    it("declares its stages and no provider at all", async () => {
        const { declared } = await record(() => experiment());
        const stages = stagesNamed([...localStages, "TrainLocal", ...laterStages]);
        assert.deepEqual(listing(declared), [...frame, ...stages].sort());
    });

    it("needs no credentials, and hands none to its stages", async () => {
        const { declared } = await record(() => experiment({ cfg: withCredentials }));
        for (const stage of declared.filter(({ type }) => type.endsWith(":Stage"))) {
            assert.equal(stage.inputs.s3, undefined, stage.name);
        }
    });
});

describe("local training on S3 data", () => {
    const recipe = { trainData: "s3://my-bucket/first/data/train", cfg: withCredentials };

    it("makes the bucket only when asked to", async () => {
        const without = experimentSettings(recipe);
        const settings = { ...without, stack: { ...without.stack, createBucket: true } };
        const { declared } = await record(() => new Experiment("test", { settings, lawConfig: "", secrets: {} }));
        assert.equal(only(declared, "aws:s3/bucket:Bucket", "my-bucket").inputs.bucket, "my-bucket");
    });

    it("declares an aws provider, but no kubernetes one and no Job", async () => {
        const { declared } = await record(() => experiment(recipe));
        const expected = [
            ...frame,
            ...stagesNamed([...localStages, "TrainLocal", ...laterStages]),
            "pulumi:providers:aws test",
            ...prefix("train-data"),
        ];
        assert.deepEqual(listing(declared), expected.sort());
    });

    it("lets the data stages write a mirror and upload it, and training read it from there", async () => {
        const settings = experimentSettings(recipe);
        const { declared } = await record(() => new Experiment("test", { settings, lawConfig: "", secrets: {} }));
        const mirror = `${settings.stack.directory}/mirror/data/train`;
        const fetch = only(declared, ":Stage", "test-FetchTrain").inputs;
        assert.equal(fetch.root, mirror);
        assert.equal((fetch.target as { uri: string }).uri, recipe.trainData);
        const train = only(declared, ":Stage", "test-TrainLocal").inputs;
        assert.equal(train.target, undefined);
        assert.equal(train.root, `${settings.stack.directory}/training`);
        const sources = train.sources as { root: string; location: { uri: string } }[];
        assert.deepEqual(
            sources.map(({ root, location }) => [root, location.uri]),
            sources.map(() => [mirror, recipe.trainData]),
        );
        assert.equal((train.environment as Record<string, string>).AFRAME_TRAIN_DATA_DIR, mirror);
    });
});

describe("remote training", () => {
    const pieces = [
        ...frame,
        ...stagesNamed([...localStages, ...laterStages]),
        "pulumi:providers:aws test",
        ...prefix("train-data"),
        ...prefix("run"),
        "pulumi:providers:kubernetes test",
        "aframe:index:RemoteTraining test",
        "aframe:index:RuntimeSecret test-env",
        "kubernetes:core/v1:Secret test-env",
        "aframe:index:TrainingScripts test-scripts",
        "kubernetes:core/v1:ConfigMap test-scripts",
        "aframe:index:TrainingJob test",
        "kubernetes:batch/v1:Job test",
        "pulumi-nodejs:dynamic/aframe:TrainingRun test",
    ];

    it("declares the Job and what its pod needs instead of a local training", async () => {
        const { declared } = await record(() => experiment(remoteRecipe));
        assert.deepEqual(listing(declared), [...pieces].sort());
    });

    it("declares the very same resources while values are still unknown", async () => {
        const { declared } = await record(() => experiment(remoteRecipe), { preview: true });
        assert.deepEqual(listing(declared), [...pieces].sort());
    });

    it("adds a claim when a volume is configured", async () => {
        const volume = { storageClassName: "rook-cephfs", size: "200Gi" };
        const { declared } = await record(() => experiment({ ...remoteRecipe, stack: { volume } }));
        const added = ["aframe:index:DataVolume test-data", "kubernetes:core/v1:PersistentVolumeClaim test-data"];
        assert.deepEqual(listing(declared), [...pieces, ...added].sort());
        const claim = only(declared, "PersistentVolumeClaim").inputs as {
            spec: { resources: object; storageClassName: string };
            metadata: { annotations: Record<string, string> };
        };
        assert.deepEqual(claim.spec.resources, { requests: { storage: "200Gi" } });
        assert.equal(claim.spec.storageClassName, "rook-cephfs");
        assert.equal(claim.metadata.annotations["pulumi.com/skipAwait"], "true");
    });

    it("gives every resource of aws and kubernetes the explicit provider", async () => {
        const { declared } = await record(() => experiment(remoteRecipe));
        for (const { type, name, provider } of declared.filter(({ type }) => /^(aws|kubernetes):/.test(type))) {
            const cloud = type.split(":", 1)[0] ?? "";
            assert.match(provider, new RegExp(`pulumi:providers:${cloud}::test::test-id$`), `${type} ${name}`);
        }
    });

    it("puts every resource below the component it belongs to", async () => {
        const options: Option[] = [];
        const settings = experimentSettings(remoteRecipe);
        await record(() => new Experiment("test", { settings, lawConfig: "", secrets: {} }, collecting(options)));
        const parents = await Promise.all(
            options.map(async ({ type, name, opts }) => [
                `${type} ${name}`,
                opts.parent && (await value(opts.parent.urn)).split("::").slice(2).join(" "),
            ]),
        );
        const parentOf = new Map(parents as [string, string | undefined][]);
        assert.equal(parentOf.get("aframe:index:Experiment test"), undefined);
        assert.equal(
            parentOf.get("aframe:index:TrainingJob test"),
            "aframe:index:Experiment$aframe:index:RemoteTraining test",
        );
        assert.equal(
            parentOf.get("kubernetes:batch/v1:Job test"),
            "aframe:index:RemoteTraining$aframe:index:TrainingJob test",
        );
        for (const [child, parent] of [...parentOf].slice(1)) {
            assert.match(parent ?? "", /aframe:index:/, child);
        }
    });

    it("is taken down in order: the run before the Job's prefix, the Job before its Secrets and claim", async () => {
        const options: Option[] = [];
        const settings = experimentSettings({
            ...remoteRecipe,
            stack: { volume: { storageClassName: "a", size: "1Gi" } },
        });
        await record(() => new Experiment("test", { settings, lawConfig: "", secrets: {} }, collecting(options)));
        const dependencies = async (type: string) => {
            const { opts } = options.find((one) => one.type === type) ?? assert.fail(type);
            const before = [opts.dependsOn ?? []].flat() as { urn: pulumi.Output<string> }[];
            return Promise.all(
                before.map(async ({ urn }) => (await value(urn)).split("::").slice(2).join(" ").split("$").pop()),
            );
        };
        assert.deepEqual(await dependencies("aframe:index:TrainingJob"), [
            "aframe:index:TrainingScripts test-scripts",
            "aframe:index:RuntimeSecret test-env",
            "aframe:index:DataVolume test-data",
        ]);
        const prefixes = ["aframe:index:DataPrefix test-train-data", "aframe:index:DataPrefix test-run"];
        assert.deepEqual(await dependencies("aframe:index:RemoteTraining"), prefixes);
        const config = "pulumi-nodejs:dynamic/aframe:ResolvedConfig test";
        assert.deepEqual(await dependencies("aframe:index:LocalPipeline"), [config, ...prefixes]);
    });

    it("asks the cluster by context and namespace, and keeps its identity stable", async () => {
        const { declared } = await record(() => experiment(remoteRecipe));
        const { inputs } = only(declared, "pulumi:providers:kubernetes");
        assert.deepEqual(inputs, {
            kubeconfig: "",
            context: "nautilus",
            namespace: "physics",
            clusterIdentifier: "nautilus",
            enableSecretMutable: "true",
            enableConfigMapMutable: "true",
        });
    });

    it("talks to any S3 server and asks nothing that only AWS knows", async () => {
        const { declared } = await record(() => experiment(remoteRecipe));
        const { accessKey, secretKey, ...rest } = only(declared, "pulumi:providers:aws").inputs;
        assert.equal(reveal(accessKey), canaries.accessKeyId);
        assert.equal(reveal(secretKey), canaries.secretAccessKey);
        assert.deepEqual(rest, {
            region: "us-east-1",
            endpoints: JSON.stringify([{ s3: "https://s3-central.nrp-nautilus.io" }]),
            s3UsePathStyle: "true",
            skipCredentialsValidation: "true",
            skipRequestingAccountId: "true",
            skipMetadataApiCheck: "true",
            skipRegionValidation: "true",
        });
    });

    it("marks each prefix as this stack's own", async () => {
        const { declared } = await record(() => experiment(remoteRecipe));
        const { bucket, key, content } = only(declared, "BucketObjectv2", "test-run").inputs;
        assert.deepEqual([bucket, key], ["my-bucket", "first/training/.aframe-owner.json"]);
        assert.deepEqual(JSON.parse(String(content)), { stack: "test", project: "aframe" });
    });

    it("leaves no secret in the clear in any input", async () => {
        const { declared } = await record(() => experiment(remoteRecipe));
        for (const canary of Object.values(canaries)) {
            const found = declared.flatMap(({ name, inputs }) => findPlain(inputs, canary, name));
            assert.deepEqual(found, [], canary);
        }
        const { stringData } = only(declared, ":Secret", "test-env").inputs;
        assert.deepEqual(reveal(stringData), {
            AWS_ACCESS_KEY_ID: canaries.accessKeyId,
            AWS_SECRET_ACCESS_KEY: canaries.secretAccessKey,
            WANDB_API_KEY: canaries.wandb,
        });
    });

    it("waits for exactly this Job, and lets the export depend on its model", async () => {
        const { declared, result } = await record(() => experiment(remoteRecipe));
        const run = only(declared, ":TrainingRun").inputs;
        assert.equal(run.jobUid, "uid of test");
        assert.equal(run.jobName, jobName(declared));
        assert.equal(run.wait, true);
        const exported = only(declared, ":Stage", "test-ExportLocal").inputs;
        assert.deepEqual(exported.inputs, { Train: "digest of the model" });
        const [source] = exported.sources as { stage: string; location: { uri: string } }[];
        assert.equal(source?.stage, "Train");
        assert.equal(source.location.uri, remoteRecipe.run);
        const stages = await value(result.outputs.stages);
        assert.deepEqual(stages.Train, { state: "succeeded", seconds: 60, digest: "digest of the model" });
    });

    it("makes test data without waiting for the training", async () => {
        const { declared } = await record(() => experiment(remoteRecipe));
        for (const name of ["test-FetchTest", "test-TestingWaveforms"]) {
            assert.ok(!JSON.stringify(only(declared, ":Stage", name).inputs).includes("digest of the model"), name);
        }
    });
});

function jobName(declared: readonly Declared[]): string {
    return (only(declared, "batch/v1:Job").inputs.metadata as { name: string }).name;
}

describe("an experiment that cannot work", () => {
    const refused = async (recipe: Recipe, message: RegExp) => {
        const { declared } = await record(() => {
            assert.throws(
                () => experiment(recipe),
                (error: unknown) => error instanceof ConfigError && message.test(error.message),
            );
        });
        assert.deepEqual(declared, []);
    };

    it("is refused before anything is declared when half of the stack's S3 keys is missing", async () => {
        const { declared } = await record(() => {
            const settings = experimentSettings(remoteRecipe);
            const secrets = { s3AccessKeyId: pulumi.secret("AKIA") };
            assert.throws(() => new Experiment("test", { settings, lawConfig: "", secrets }), {
                name: "ConfigError",
                message: /^aframe:s3SecretAccessKey: is not set/,
            });
        });
        assert.deepEqual(declared, []);
    });

    it("is refused when a pod would log to W&B without a key", async () => {
        await refused(
            { ...remoteRecipe, stack: { settings: { luigi_Train: { use_wandb: "True" } } }, cfg: "" },
            /\[luigi_wandb\] api_key: is not set.*use_wandb/,
        );
    });
});
