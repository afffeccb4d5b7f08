// Training on a Kubernetes cluster: the Job, all that its pod needs, and the wait for its end.
import * as pulumi from "@pulumi/pulumi";
import { GitRevision } from "../pipeline/resources/gitRevision.ts";
import type { Stage } from "../pipeline/resources/stage.ts";
import { TrainingRun } from "../pipeline/resources/trainingRun.ts";
import type { S3Connection } from "../pipeline/transfer/connection.ts";
import { DataVolume } from "./dataVolume.ts";
import { objectName } from "./labels.ts";
import { buildPodTemplate, trainingAnnotations } from "./podTemplate.ts";
import { RuntimeSecret } from "./runtimeSecret.ts";
import { SshSecret } from "./sshSecret.ts";
import { TrainingJob } from "./trainingJob.ts";
import { type TrainingPlan, trainingDigest } from "./trainingPlan.ts";
import { TrainingScripts } from "./trainingScripts.ts";

export interface RemoteTrainingArgs {
    readonly plan: TrainingPlan;
    /** Environment variable → value, for the pod. */
    readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
    /** As this machine reaches S3. */
    readonly s3: pulumi.Input<S3Connection>;
    /** The stages that make the training data. */
    readonly data: ReadonlyMap<string, Stage>;
}

export class RemoteTraining extends pulumi.ComponentResource {
    public readonly job: pulumi.Output<{ name: string; namespace: string }>;
    /** Tells a re-made Job from the one before. */
    public readonly jobUid: pulumi.Output<string>;
    /** Names this very training: settings, code and data. */
    public readonly digest: pulumi.Output<string>;
    /** The commit that trains; absent when the image's own code does. */
    public readonly commit?: pulumi.Output<string>;
    /** `accepted` until the end of the training was seen. */
    public readonly state: pulumi.Output<"accepted" | "succeeded">;
    /** Digest of the model's manifest. */
    public readonly manifestDigest: pulumi.Output<string>;
    public readonly seconds: pulumi.Output<number>;

    constructor(name: string, args: RemoteTrainingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:RemoteTraining", name, {}, opts);
        const { plan } = args;
        const { manifests, bytes } = measure(args.data);
        const { identity } = plan;
        const child = { parent: this };

        const scripts = new TrainingScripts(`${name}-scripts`, { ...plan, identity }, child);
        const secret = new RuntimeSecret(`${name}-env`, { identity, credentials: args.credentials }, child);
        const claim =
            plan.settings.stack.volume &&
            new DataVolume(`${name}-data`, { identity, ...plan.settings.stack.volume }, child);
        const code = declareCode(name, plan, this);
        const digest = trainingDigest(plan, code?.commit, manifests);

        const training = { trainingDigest: digest, ...(code && { commit: code.commit }) };
        const job = new TrainingJob(
            name,
            {
                identity,
                jobName: objectName(identity),
                template: buildPodTemplate(plan, { dataBytes: bytes, manifests, ...training }),
                annotations: trainingAnnotations(training),
            },
            // The pod names these, so they come before it and go after it.
            {
                parent: this,
                dependsOn: [scripts, secret, ...(claim ? [claim] : []), ...(code?.secret ? [code.secret] : [])],
            },
        );
        const run = new TrainingRun(
            name,
            {
                kubernetes: plan.kubernetes,
                jobName: job.jobName,
                jobUid: job.uid,
                trainingDigest: digest,
                wait: plan.settings.stack.wait,
                runDir: plan.runDir,
                s3: args.s3,
                directory: plan.settings.stack.directory,
                experiment: identity.experiment,
            },
            child,
        );

        this.digest = digest;
        this.jobUid = job.uid;
        this.job = pulumi.output({ name: job.jobName, namespace: plan.kubernetes.namespace });
        if (code) {
            this.commit = code.commit;
        }
        this.state = run.state;
        this.manifestDigest = run.manifestDigest;
        this.seconds = run.seconds;
        this.registerOutputs({ job: this.job, commit: this.commit, state: this.state });
    }
}

/** Which data the pod must fetch, and how much they are. */
function measure(data: ReadonlyMap<string, Stage>) {
    const manifests = [...data].map(([name, stage]) => [name, stage.manifestDigest] as const);
    const sizes = [...data.values()].map((stage) => stage.bytes);
    return {
        manifests: pulumi.output(Object.fromEntries(manifests)),
        bytes: pulumi.all(sizes).apply((all) => all.reduce((sum, size) => sum + size, 0)),
    };
}

interface DeclaredCode {
    readonly commit: pulumi.Output<string>;
    readonly secret?: SshSecret;
}

/** The pinned commit, and the key to fetch it. */
function declareCode(name: string, plan: TrainingPlan, parent: RemoteTraining): DeclaredCode | undefined {
    const { code, ssh, identity } = plan;
    if (code === undefined) {
        return undefined;
    }
    const { commit } = new GitRevision(
        name,
        {
            url: code.repository.url,
            ref: code.ref,
            checkHostKey: code.checkHostKey,
            ...(ssh && { keyFile: ssh.keyFile }),
            ...(ssh?.hostKeys && { knownHostsFile: ssh.hostKeys.file }),
        },
        { parent },
    );
    const secret = ssh && new SshSecret(`${name}-ssh`, { identity, ssh }, { parent });
    return { commit, ...(secret && { secret }) };
}
