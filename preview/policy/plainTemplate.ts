// The pod template that a training would be declared with, in plain values, before anything of it exists.
import { buildPodTemplate } from "../../components/podTemplate.ts";
import type { TrainingPlan } from "../../components/trainingPlan.ts";
import type { StackSettings } from "../../config/settings.ts";

/** In the place of what only the stages and the git server can tell; no rule looks there. */
export const knownLater = "known later";

/**
 * @param dataBytes - what the training data take, or will take
 * @param patch - merged into it. @default that of the stack
 */
export function plainTemplate(
    plan: TrainingPlan,
    dataBytes: number,
    patch: StackSettings["podTemplatePatch"] = plan.settings.stack.podTemplatePatch,
): unknown {
    const known = { dataBytes, manifests: {}, trainingDigest: knownLater, ...(plan.code && { commit: knownLater }) };
    return buildPodTemplate(plan, known, patch);
}
