// Rules about which nodes a pod may run on, and before whom.
import * as v from "valibot";
import { quote } from "../../../config/errors.ts";
import type { Pod } from "../pod.ts";
import { podRule, source, text } from "../rule.ts";

type Toleration = Pod["tolerations"][number];

const taint = v.strictObject({ key: text, value: v.optional(text), why: text });

export const tolerations = podRule(
    v.strictObject({ ...source, reserved: v.array(taint, "a list of taints") }),
    (pod, { reserved }) =>
        pod.tolerations.flatMap((toleration) => {
            if (!toleration.key) {
                return [{ message: "the pod tolerates every taint, also of nodes that are not for users" }];
            }
            return reserved
                .filter((one) => tolerates(toleration, one))
                .map(({ key, value, why }) => ({
                    message: `the pod tolerates ${value === undefined ? key : `${key}=${value}`}, which is ${why}`,
                    suggestion: "leave that toleration out",
                }));
        }),
);

function tolerates(toleration: Toleration, { key, value }: v.InferOutput<typeof taint>): boolean {
    const isAnyValue = value === undefined || toleration.operator === "Exists";
    return toleration.key === key && (isAnyValue || toleration.value === value);
}

export const nodeName = podRule(v.strictObject(source), ({ nodeName: node }) => {
    const message = `nodeName puts the pod on ${node ?? ""} without the scheduler, which keeps nodes from being overfilled`;
    return node ? [{ message, suggestion: "a nodeSelector or an affinity" }] : [];
});

export const priorityClasses = podRule(
    v.strictObject({ ...source, allowed: v.array(text, "a list of classes") }),
    ({ priorityClassName: name }, { allowed }) => {
        if (!name || allowed.includes(name)) {
            return [];
        }
        const suggestion = `leave it out, or one of ${allowed.join(", ")}`;
        return [{ message: `priorityClassName ${quote(name)} is not for users' pods`, suggestion }];
    },
);
