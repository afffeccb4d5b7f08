// What a rule of a cluster is: parameters, which a profile gives, and what they forbid.
import * as v from "valibot";
import type { Pod } from "./pod.ts";

/** A claim for storage that the stack makes. */
export interface Claim {
    readonly storageClassName: string;
}

/** What is judged; a rule about what is not there is content. */
export interface Subject {
    readonly pod?: Pod;
    readonly claim?: Claim;
}

export interface Violation {
    /** What is asked for, and what the cluster wants. */
    readonly message: string;
    readonly suggestion?: string;
    /** The most that would be in order, in bytes or as a number, where a setting decides it. */
    readonly most?: number;
}

/** A rule with its parameters; what it says ends with who says so, and where. */
export type Judge = (subject: Subject) => Violation[];

/** Turns a profile's parameters of a rule into its judge. */
export type Rule = v.GenericSchema<unknown, Judge> & { readonly entries: v.ObjectEntries };

type Parameters = v.GenericSchema<unknown, { readonly source: string }> & { readonly entries: v.ObjectEntries };

export function podRule<P extends Parameters>(
    parameters: P,
    check: (pod: Pod, parameters: v.InferOutput<P>) => Violation[],
): Rule {
    return rule(parameters, ({ pod }, given) => (pod ? check(pod, given) : []));
}

export function claimRule<P extends Parameters>(
    parameters: P,
    check: (claim: Claim, parameters: v.InferOutput<P>) => Violation[],
): Rule {
    return rule(parameters, ({ claim }, given) => (claim ? check(claim, given) : []));
}

function rule<P extends Parameters>(
    parameters: P,
    check: (subject: Subject, parameters: v.InferOutput<P>) => Violation[],
): Rule {
    return v.pipe(
        parameters,
        v.transform(
            (given: v.InferOutput<P>): Judge =>
                (subject) =>
                    check(subject, given).map((one) => ({ ...one, message: `${one.message} (${given.source})` })),
        ),
    );
}

export const text = v.pipe(v.string("a text"), v.nonEmpty("a text"));

/** Every rule names who says so, and where. */
export const source = { source: text };

/** `20%` → 0.2 */
export const share = v.pipe(
    v.string("a share such as 20%"),
    v.regex(/^\d+(\.\d+)?%$/, "a share such as 20%"),
    v.transform((given) => Number.parseFloat(given) / 100),
);

export const count = v.pipe(v.number("a number"), v.minValue(0, "a number, not below 0"));
