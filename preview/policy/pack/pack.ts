// The rules of a cluster as a Pulumi policy pack: judges what any stack declares, whatever its aframe:policy says.
import { Job } from "@pulumi/kubernetes/batch/v1/job.js";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import {
    PolicyPack,
    type ReportViolation,
    type ResourceValidationArgs,
    type ResourceValidationPolicy,
    validateResourceOfType,
} from "@pulumi/policy";
import { describeProblem } from "../../../config/errors.ts";
import { judge } from "../lint.ts";
import { readPod } from "../pod.ts";
import { readProfile } from "../profile.ts";
import type { Subject } from "../rule.ts";

const configSchema: ResourceValidationPolicy["configSchema"] = {
    properties: {
        profile: {
            type: "string",
            default: "nautilus",
            description: "A profile of preview/policy, or the absolute path of a file of that form.",
        },
    },
};

/** Only of this program: a stack may hold other Jobs and claims. */
function isOurs(labels: Readonly<Record<string, string>> | undefined): boolean {
    return labels?.["app.kubernetes.io/name"] === "aframe";
}

function report(subject: Subject, args: ResourceValidationArgs, reportViolation: ReportViolation): void {
    const { profile = "nautilus" } = args.getConfig<{ readonly profile?: string }>();
    const rules = readProfile(profile, { key: "profile" });
    for (const { message, suggestion } of judge(rules, subject)) {
        reportViolation(describeProblem({ message, ...(suggestion !== undefined && { suggestion }) }));
    }
}

new PolicyPack("aframe", {
    policies: [
        {
            name: "training-pods",
            description: "A training Job keeps to the rules of its cluster.",
            configSchema,
            validateResource: validateResourceOfType(Job, (job, args, reportViolation) => {
                if (isOurs(job.metadata?.labels)) {
                    report({ pod: readPod(job.spec?.template) }, args, reportViolation);
                }
            }),
        },
        {
            name: "storage-claims",
            description: "The claim for data and checkpoints is of a storage class that works.",
            configSchema,
            validateResource: validateResourceOfType(PersistentVolumeClaim, (claim, args, reportViolation) => {
                const { storageClassName } = claim.spec ?? {};
                if (isOurs(claim.metadata?.labels) && storageClassName !== undefined) {
                    report({ claim: { storageClassName } }, args, reportViolation);
                }
            }),
        },
    ],
});
