// What of the training pod breaks the rules of its cluster.
import type { TrainingPlan } from "../../components/trainingPlan.ts";
import { collect, type Problem } from "../../config/errors.ts";
import { placeOfStackKey } from "../places.ts";
import { causes } from "./causes.ts";
import { plainTemplate } from "./plainTemplate.ts";
import { readPod } from "./pod.ts";
import { type Profile, readProfile } from "./profile.ts";
import type { Subject, Violation } from "./rule.ts";
import { type RuleName, rules } from "./rules.ts";

export interface Breach extends Violation {
    readonly rule: RuleName;
}

/**
 * Judges the very template that would be declared. A finding is put where it was written: at the cfg key or the stack's
 * key that decides it, or at the patch when there is none without the patch.
 *
 * @param dataBytes - what the training data take, or will take
 * @throws ConfigError when the profile of rules cannot be read
 */
export function lintPolicy(plan: TrainingPlan, dataBytes: number): Problem[] {
    const { stack } = plan.settings;
    const profile = readProfile(stack.policyProfile, placeOfStackKey(stack, "policyProfile"));
    const patch = placeOfStackKey(stack, "podTemplatePatch");
    const problems: Problem[] = [];
    const pod = collect(problems, patch, () => readPod(plainTemplate(plan, dataBytes)));
    if (pod === undefined) {
        return problems;
    }
    const claim = stack.volume && { claim: stack.volume };
    const usual = judge(profile, { pod: readPod(plainTemplate(plan, dataBytes, {})), ...claim });
    const isUsual = ({ rule, message }: Breach) => usual.some((one) => one.rule === rule && one.message === message);
    return judge(profile, { pod, ...claim }).map((breach) => {
        const { message, suggestion } = breach;
        const place = isUsual(breach) ? causes[breach.rule]?.(plan, breach) : patch;
        return { message, ...(suggestion !== undefined && { suggestion }), ...place };
    });
}

/** Everything that breaks a rule of the profile, in the order of the rules. */
export function judge(profile: Profile, subject: Subject): Breach[] {
    return (Object.keys(rules) as RuleName[]).flatMap((rule) =>
        (profile[rule]?.(subject) ?? []).map((violation) => ({ ...violation, rule })),
    );
}
