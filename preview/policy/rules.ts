// The rules that a profile can name.
import type { Rule } from "./rule.ts";
import { hostAccess, imageTags } from "./rules/access.ts";
import { storageClasses } from "./rules/claims.ts";
import { noIdling } from "./rules/commands.ts";
import { nodeName, priorityClasses, tolerations } from "./rules/placement.ts";
import { limitsNearRequests, memoryVolumes, scratch } from "./rules/resources.ts";
import { cpuUse, gpuCounts, memoryUse } from "./rules/use.ts";

/** In the order in which their findings are told. */
export const rules = {
    "limits-near-requests": limitsNearRequests,
    "memory-use": memoryUse,
    "cpu-use": cpuUse,
    "gpu-counts": gpuCounts,
    scratch,
    "memory-volumes": memoryVolumes,
    "no-idling": noIdling,
    tolerations,
    "node-name": nodeName,
    "priority-classes": priorityClasses,
    "host-access": hostAccess,
    "image-tags": imageTags,
    "storage-classes": storageClasses,
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;
