// One experiment: data, training, export, inference and sensitive volume.
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSettings, Location } from "../config/settings.ts";
import { stagesOf } from "../pipeline/catalog.ts";
import { ResolvedConfig } from "../pipeline/resources/resolvedConfig.ts";
import type { S3Connection } from "../pipeline/transfer/connection.ts";
import { createAwsProvider } from "./awsProvider.ts";
import { type Credentials, podCredentials, readCredentials, type StackSecrets, s3Connection } from "./credentials.ts";
import { DataPrefix } from "./dataPrefix.ts";
import { resolvedConfigPath } from "./experimentDirectories.ts";
import { describeExperiment, type ExperimentOutputs } from "./experimentOutputs.ts";
import { createKubernetesProvider } from "./kubernetesProvider.ts";
import { LocalPipeline, stagesAfterTraining, trainedElsewhere } from "./localPipeline.ts";
import { RemoteTraining } from "./remoteTraining.ts";
import { declareRunFile } from "./runFile.ts";
import { planTraining, type TrainingPlan } from "./trainingPlan.ts";

export interface ExperimentArgs {
    readonly settings: ExperimentSettings;
    /** Text of the cfg that stages hand to law. */
    readonly lawConfig: string;
    /** Beat the credentials of the cfg. */
    readonly secrets: StackSecrets;
    /** More known_hosts files than the one beside the SSH key and the keys that GitHub publishes. @default none */
    readonly knownHostsFiles?: readonly string[];
}

/**
 * Declares what the settings ask for and nothing else: without S3 there is no AWS provider, without a remote training
 * no Kubernetes provider, and then no credentials are needed either. Throws a ConfigError before anything is declared.
 */
export class Experiment extends pulumi.ComponentResource {
    public readonly outputs: ExperimentOutputs;

    constructor(name: string, args: ExperimentArgs, opts?: pulumi.ComponentResourceOptions) {
        const { settings, lawConfig } = args;
        const plan = planTraining(settings, args.knownHostsFiles ?? []);
        const credentials = readCredentials(settings, args.secrets);
        super("aframe:index:Experiment", name, {}, opts);

        const s3 = s3Connection(settings, credentials.s3);
        const path = resolvedConfigPath(settings);
        const config = new ResolvedConfig(name, { path, text: lawConfig }, { parent: this });
        const prefixes = declarePrefixes(name, settings, credentials, s3, this);

        const stages = stagesOf(settings);
        const afterTraining = stagesAfterTraining(stages);
        const common = { settings, s3, ...(credentials.wandbApiKey && { wandbApiKey: credentials.wandbApiKey }) };
        const options = { parent: this, dependsOn: [config, ...prefixes] };
        const data = new LocalPipeline(
            `${name}-data`,
            { ...common, stages: stages.filter((stage) => !afterTraining.has(stage.name)), upstream: new Map() },
            options,
        );
        const training = plan && declareTraining(name, plan, { data, credentials, s3, prefixes, parent: this });
        const results = new LocalPipeline(
            `${name}-results`,
            {
                ...common,
                stages: stages.filter((stage) => afterTraining.has(stage.name)),
                upstream: training ? withTraining(data, settings, training) : data.upstream,
            },
            options,
        );

        const trained = { s3, data, results, ...(plan && { plan }), ...(training && { training }) };
        declareRunFile(name, settings, trained, this);

        this.outputs = describeExperiment(settings, new Map([...data.stages, ...results.stages]), training);
        this.registerOutputs({ ...this.outputs });
    }
}

/** Name of a directory's purpose, and the directory. */
type Role = readonly [string, Location];

/** One per directory on S3, together with the provider they need. */
function declarePrefixes(
    name: string,
    settings: ExperimentSettings,
    credentials: Credentials,
    s3: pulumi.Input<S3Connection>,
    parent: Experiment,
): DataPrefix[] {
    const { trainData, run } = settings.directories;
    const roles: readonly Role[] = [
        ["train-data", trainData],
        ["run", run],
    ];
    if (roles.every(([, location]) => location.kind === "local")) {
        return [];
    }
    const provider = createAwsProvider(name, settings.s3.endpoint, credentials.s3, { parent });
    const { name: owner, artifacts, createBucket } = settings.stack;
    const buckets = createBucket ? declareBuckets(roles, { parent, provider }) : [];
    const options = { parent, providers: [provider], dependsOn: buckets };
    return roles.flatMap(([role, location]) =>
        location.kind === "s3" ? [new DataPrefix(`${name}-${role}`, { location, owner, artifacts, s3 }, options)] : [],
    );
}

/** They stay when the stack goes: other experiments may have put something in by then. */
function declareBuckets(roles: readonly Role[], opts: pulumi.CustomResourceOptions): Bucket[] {
    const names = new Set(roles.flatMap(([, location]) => (location.kind === "s3" ? [location.bucket] : [])));
    return [...names].map((bucket) => new Bucket(bucket, { bucket }, { ...opts, retainOnDelete: true }));
}

interface TrainingContext {
    readonly data: LocalPipeline;
    readonly credentials: Credentials;
    readonly s3: pulumi.Input<S3Connection>;
    readonly prefixes: DataPrefix[];
    readonly parent: Experiment;
}

function declareTraining(name: string, plan: TrainingPlan, context: TrainingContext): RemoteTraining {
    const { data, credentials, s3, prefixes, parent } = context;
    const provider = createKubernetesProvider(name, plan.kubernetes, { parent });
    const { wandbApiKey } = credentials;
    return new RemoteTraining(
        name,
        {
            plan,
            credentials: { ...podCredentials(credentials.s3), ...(wandbApiKey && { WANDB_API_KEY: wandbApiKey }) },
            s3,
            data: data.stagesIn("trainData"),
        },
        // The Job writes to the run directory, so it goes before that is emptied.
        { parent, providers: [provider], dependsOn: prefixes },
    );
}

function withTraining(data: LocalPipeline, settings: ExperimentSettings, training: RemoteTraining) {
    return new Map([...data.upstream, ["Train", trainedElsewhere(settings, training.manifestDigest)] as const]);
}
