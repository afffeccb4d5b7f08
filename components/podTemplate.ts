// The pod template of a training, as it is declared and as it is judged beforehand: one way to build it for both.
import type { core } from "@pulumi/kubernetes/types/input.js";
import type { Input } from "@pulumi/pulumi";
import { s3Region } from "../pipeline/transfer/connection.ts";
import { claimVolume, scratchVolume } from "./dataVolume.ts";
import { buildGitSync } from "./gitSync.ts";
import { objectAnnotations, objectLabels, objectName } from "./labels.ts";
import { mapInput } from "./mapInput.ts";
import { ephemeralStorage } from "./podResources.ts";
import { buildPodSpec } from "./podSpec.ts";
import { mergePodTemplate } from "./podTemplatePatch.ts";
import { runtimeSecretName } from "./runtimeSecret.ts";
import { sshSecretName } from "./sshSecret.ts";
import type { TrainingPlan } from "./trainingPlan.ts";
import { scriptsName } from "./trainingScripts.ts";

/** What a plan does not hold, as stages and the git server have to tell it. Given plain, the template is plain too. */
export interface PodTemplateArgs {
    /** What the training data take. */
    readonly dataBytes: Input<number>;
    /** Upstream stage → digest of the manifest its data must have. */
    readonly manifests: Input<Readonly<Record<string, string>>>;
    /** Names this very training; see `trainingDigest`. */
    readonly trainingDigest: Input<string>;
    /** Present when git brings the code. */
    readonly commit?: Input<string>;
}

/** @param patch - merged into it. @default that of the stack */
export function buildPodTemplate(
    plan: TrainingPlan,
    args: PodTemplateArgs,
    patch = plan.settings.stack.podTemplatePatch,
): core.v1.PodTemplateSpec {
    const template = {
        metadata: {
            labels: objectLabels(plan.identity),
            annotations: { ...objectAnnotations(plan.identity), ...trainingAnnotations(args) },
        },
        spec: trainingPod(plan, args),
    };
    return mergePodTemplate<core.v1.PodTemplateSpec>(template, patch);
}

/** Which training a Job and its pods are for. */
export function trainingAnnotations({ trainingDigest, commit }: Pick<PodTemplateArgs, "trainingDigest" | "commit">) {
    return { "aframe/training-digest": trainingDigest, ...(commit !== undefined && { "aframe/commit": commit }) };
}

function trainingPod(plan: TrainingPlan, { dataBytes, manifests, trainingDigest, commit }: PodTemplateArgs) {
    const { identity, settings } = plan;
    const { volume } = settings.stack;
    return buildPodSpec({
        ...plan,
        experiment: identity.experiment,
        ...(settings.s3.podEndpoint !== undefined && { podEndpoint: settings.s3.podEndpoint }),
        region: s3Region,
        jobName: objectName(identity),
        runtimeSecretName: runtimeSecretName(identity),
        scriptsName: scriptsName(identity),
        storage: volume ? claimVolume(identity, volume.storageClassName) : scratchVolume(dataBytes),
        ephemeralStorage: mapInput(dataBytes, (size) => ephemeralStorage(size, volume !== undefined)),
        manifests: mapInput(manifests, (digests) => JSON.stringify(digests)),
        trainingDigest,
        ...(plan.code && commit !== undefined && { git: { sync: bringCode(plan, plan.code, commit), commit } }),
    });
}

type Code = NonNullable<TrainingPlan["code"]>;

function bringCode({ ssh, identity }: TrainingPlan, { repository, checkHostKey }: Code, commit: Input<string>) {
    return buildGitSync({
        repository,
        commit,
        checkHostKey,
        ...(ssh && { sshSecretName: sshSecretName(identity) }),
    });
}
