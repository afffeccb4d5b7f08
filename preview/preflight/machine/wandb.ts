// Whether there is a key for Weights & Biases when training logs there, and whether it looks like one.
import { findWandbKey, missingWandbKey } from "../../../components/wandbKey.ts";
import { type Place, placeOfStackKey, placeOfValue } from "../../places.ts";
import type { CheckResult, Subject } from "../check.ts";

/** The older keys are hexadecimal and just as long, the newer ones (`wandb_v1_…`) longer. */
const minLength = 40;

export function checkWandbKey(subject: Subject): CheckResult {
    const { settings, wandbApiKey } = subject;
    if (wandbApiKey === undefined) {
        // A local training may know of further places to look in.
        const level = settings.training.where === "remote" ? "error" : "warning";
        const { problems } = missingWandbKey(settings);
        return { summary: "there is none", findings: problems.map((problem) => ({ level, problem })) };
    }
    const { place, where } = sourceOf(subject, wandbApiKey);
    const oddity = oddityOf(wandbApiKey);
    if (oddity === undefined) {
        return { summary: `from ${where}` };
    }
    const problem = {
        ...place,
        message: `the W&B key ${oddity}`,
        suggestion: "copy it from https://wandb.ai/authorize",
    };
    return { summary: `from ${where}`, findings: [{ level: "warning", problem }] };
}

/** Never quotes the key. */
function oddityOf(key: string): string | undefined {
    if (/\s/.test(key)) {
        return "holds a blank";
    }
    if (/["'`]/.test(key)) {
        return "holds a quote";
    }
    return key.length < minLength ? `has ${key.length} characters, less than the ${minLength} of any key` : undefined;
}

/** The stack's key beats that of the cfg, which beats what this machine knows. */
function sourceOf(
    { settings, environment, home }: Subject,
    key: string,
): { readonly place: Place; readonly where: string } {
    if (key === settings.wandb.apiKey) {
        return { place: placeOfValue(settings, "luigi_wandb", "api_key"), where: "[luigi_wandb] api_key" };
    }
    if (key === environment.WANDB_API_KEY) {
        return { place: { key: "WANDB_API_KEY" }, where: "WANDB_API_KEY" };
    }
    if (key === findWandbKey(environment, home)) {
        return { place: { file: `${home}/.netrc` }, where: `${home}/.netrc` };
    }
    return { place: placeOfStackKey(settings.stack, "wandbApiKey"), where: "aframe:wandbApiKey" };
}
