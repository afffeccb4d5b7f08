// The rule about the storage class of the claim for data and checkpoints.
import * as v from "valibot";
import { claimRule, source, text } from "../rule.ts";

const storageClass = v.strictObject({ name: text, why: text });

export const storageClasses = claimRule(
    v.strictObject({
        ...source,
        refused: v.array(storageClass, "a list of classes"),
        /** Class → where its data are. */
        usable: v.record(text, text, "classes and their regions"),
    }),
    ({ storageClassName }, { refused, usable }) =>
        refused
            .filter(({ name }) => name === storageClassName)
            .map(({ name, why }) => ({
                message: `${name} ${why}`,
                suggestion: `one of ${Object.entries(usable)
                    .map(([other, region]) => `${other} (${region})`)
                    .join(", ")}`,
            })),
);
