// What an experiment takes of a namespace's quotas: https://kubernetes.io/docs/concepts/policy/resource-quotas/
import type { ExperimentSettings } from "../../../config/settings.ts";
import { type Place, placeOfStackKey } from "../../places.ts";
import { parseAmount } from "./amounts.ts";
import { placeOfResource, showAmount, wantsOf } from "./resources.ts";
import type { Pods } from "./trainingPod.ts";

export interface Demand {
    /** Names under which quotas count it. */
    readonly keys: readonly string[];
    readonly amount: number;
    /** Of any amount, in words. */
    readonly show: (amount: number) => string;
    /** A pod waits for its share; anything else is refused when it is made. */
    readonly isPod: boolean;
    readonly place: Place;
    readonly advice?: (most: number) => string | undefined;
}

export function demandsOf(settings: ExperimentSettings, pods: Pods): Demand[] {
    return [...podDemands(settings, pods), ...objectDemands(settings)];
}

function podDemands(settings: ExperimentSettings, pods: Pods): Demand[] {
    const inWords = (resource: string) => ({
        isPod: true,
        show: (amount: number) => showAmount(resource, amount),
    });
    const requests = wantsOf(settings, pods).map(({ resource, amount, place, advice }) => ({
        ...inWords(resource),
        keys: requestKeys(resource),
        amount,
        place,
        advice,
    }));
    const limits = [...pods.actual.limits].map(([resource, amount]) => ({
        ...inWords(resource),
        keys: [`limits.${resource}`],
        amount,
        place: placeOfResource(settings, pods, resource),
    }));
    const pod = pieces("pod", "", 1, placeOfStackKey(settings.stack, "kubernetes.namespace"));
    return [...requests, ...limits, { ...pod, isPod: true }];
}

/** Of cpu, memory and disk both names are in use; anything else is only ever requested. */
function requestKeys(resource: string): string[] {
    const isPlain = ["cpu", "memory", "ephemeral-storage"].includes(resource);
    return [`requests.${resource}`, ...(isPlain ? [resource] : [])];
}

function objectDemands(settings: ExperimentSettings): Demand[] {
    const place = placeOfStackKey(settings.stack, "kubernetes.namespace");
    const { training, stack } = settings;
    const usesKey = training.where === "remote" && training.git !== undefined && !/^https?:/.test(training.git.url);
    return [
        pieces("job", "batch", 1, place),
        pieces("configmap", "", 1, place),
        // One for the pod's environment, one for git's key.
        pieces("secret", "", usesKey ? 2 : 1, place),
        ...(stack.volume === undefined ? [] : claimDemands(settings, stack.volume)),
    ];
}

function claimDemands(
    settings: ExperimentSettings,
    { storageClassName, size }: NonNullable<ExperimentSettings["stack"]["volume"]>,
): Demand[] {
    const ofClass = `${storageClassName}.storageclass.storage.k8s.io`;
    const claims = pieces("persistentvolumeclaim", "", 1, placeOfStackKey(settings.stack, "volume"));
    return [
        { ...claims, keys: [...claims.keys, `${ofClass}/persistentvolumeclaims`] },
        {
            keys: ["requests.storage", `${ofClass}/requests.storage`],
            amount: parseAmount(size),
            show: (amount) => showAmount("storage", amount),
            isPod: false,
            place: placeOfStackKey(settings.stack, "volume.size"),
        },
    ];
}

/** Objects of a kind; those of the core have a short name, too. */
function pieces(kind: string, group: string, amount: number, place: Place): Demand {
    const full = [`${kind}s`, group].filter(Boolean).join(".");
    return {
        keys: [`count/${full}`, ...(group === "" ? [full] : [])],
        amount,
        show: (number) => `${number} ${kind}${number === 1 ? "" : "s"}`,
        isPod: false,
        place,
    };
}
