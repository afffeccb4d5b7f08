// The Kubernetes Job that trains.
import { Job } from "@pulumi/kubernetes/batch/v1/job.js";
import type { batch, core } from "@pulumi/kubernetes/types/input.js";
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentIdentity } from "./labels.ts";
import { objectAnnotations, objectLabels } from "./labels.ts";
import { containers, finalExitCodes } from "./podLayout.ts";

export interface TrainingJobArgs {
    readonly identity: ExperimentIdentity;
    /** Fixed name of the Job; see labels.ts. */
    readonly jobName: string;
    readonly template: core.v1.PodTemplateSpec;
    /** Recorded with the Job: which training it is for. */
    readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Fields Kubernetes never changes in a Job and the provider does not know about: `ValidateJobSpecUpdate`. */
const immutableFields = [
    "spec.podFailurePolicy",
    "spec.completionMode",
    "spec.successPolicy",
    "spec.backoffLimitPerIndex",
    "spec.managedBy",
];

/**
 * Declares the Job and is content once the cluster has taken it; `TrainingRun` waits for its end. The Job stays until
 * the stack is destroyed: a time-to-live would remove it behind Pulumi's back, and the next `up` would train again.
 * Deletion waits for the pods, so that nothing still writes when their volume goes.
 */
export class TrainingJob extends pulumi.ComponentResource {
    public readonly jobName: pulumi.Output<string>;
    public readonly namespace: pulumi.Output<string>;
    /** Changes when the Job is replaced. */
    public readonly uid: pulumi.Output<string>;

    constructor(name: string, args: TrainingJobArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:TrainingJob", name, {}, opts);
        const job = new Job(
            name,
            { metadata: jobMetadata(args), spec: buildJobSpec(args) },
            // Two trainings at once would write to one run directory, and need the GPUs twice.
            { parent: this, deleteBeforeReplace: true, replaceOnChanges: immutableFields },
        );
        this.jobName = job.metadata.name;
        this.namespace = job.metadata.namespace;
        this.uid = job.metadata.uid;
        this.registerOutputs({ jobName: this.jobName, namespace: this.namespace, uid: this.uid });
    }
}

function jobMetadata({ identity, jobName, annotations }: TrainingJobArgs) {
    return {
        name: jobName,
        labels: objectLabels(identity),
        annotations: {
            ...objectAnnotations(identity),
            ...annotations,
            // Governs create and update only; deletion is awaited, which `skipAwait` would give up.
            "pulumi.com/waitFor": "jsonpath={.status.startTime}",
        },
    };
}

function buildJobSpec({ template }: TrainingJobArgs): batch.v1.JobSpec {
    return {
        backoffLimit: 3,
        completions: 1,
        parallelism: 1,
        podFailurePolicy: { rules: failureRules() },
        template,
    };
}

/** A drained or preempted node costs no retry; what trying again cannot heal ends the Job; the rest counts. */
function failureRules(): batch.v1.PodFailurePolicyRule[] {
    const { dataDamaged, dataRefused, wrongCode, wrongSetup } = finalExitCodes;
    const failJobOn = (containerName: string, values: number[]) => ({
        action: "FailJob",
        onExitCodes: { containerName, operator: "In", values },
    });
    return [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        failJobOn(containers.fetchData, [dataDamaged, dataRefused, wrongSetup]),
        failJobOn(containers.train, [wrongCode, wrongSetup]),
    ];
}
