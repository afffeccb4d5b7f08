// Whether the namespace's limit ranges let the pod and the claim in: https://kubernetes.io/docs/concepts/policy/limit-range/
import { CoreV1Api, type V1LimitRange, type V1LimitRangeItem } from "@kubernetes/client-node";
import { containers } from "../../../components/podLayout.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import type { Plain } from "../../../pipeline/training/clusterObjects.ts";
import { type Place, placeOfStackKey } from "../../places.ts";
import type { CheckResult, Finding, Subject } from "../check.ts";
import { type Amounts, parseAmount, parseAmounts } from "./amounts.ts";
import { type Connection, hidden, look, until } from "./connection.ts";
import { placeOfResource, showAmount, wantsOf } from "./resources.ts";
import { type ContainerDemand, type Pods, trainingPods } from "./trainingPod.ts";

export async function checkLimitRanges(
    connection: Connection,
    subject: Subject,
    signal: AbortSignal,
): Promise<CheckResult> {
    const { namespace } = connection.kubeconfig;
    const pods = trainingPods(subject);
    const ranges = await look(connection.api(CoreV1Api).listNamespacedLimitRange({ namespace }, until(signal)));
    if (typeof ranges === "string") {
        return hidden("list limitranges", "whether one forbids the pod");
    }
    return judgeLimitRanges(subject.settings, pods, ranges.items);
}

type LimitRange = Plain<Pick<V1LimitRange, "metadata" | "spec">>;
type Item = Plain<V1LimitRangeItem>;

/** Something that limit ranges look at. */
interface Limited {
    readonly type: "Container" | "Pod" | "PersistentVolumeClaim";
    /** As the subject of a sentence. */
    readonly who: string;
    readonly requests: Amounts;
    readonly limits: Amounts;
    place(resource: string): Place;
    /** What to write there when there may be no more than `most`. */
    advise(resource: string, most: number): string | undefined;
}

const kinds = { Container: "a container", Pod: "a pod", PersistentVolumeClaim: "a claim" } as const;

export function judgeLimitRanges(settings: ExperimentSettings, pods: Pods, ranges: readonly LimitRange[]): CheckResult {
    const limited = limitedOf(settings, pods);
    const findings = ranges.flatMap(({ metadata, spec }) =>
        (spec?.limits ?? []).flatMap((item) =>
            limited.filter(({ type }) => type === item.type).flatMap((one) => judge(one, item, metadata?.name ?? "")),
        ),
    );
    const names = ranges.map(({ metadata }) => metadata?.name ?? "").join(", ") || "none in the namespace";
    return { summary: findings.length === 0 ? names : `${names}: the pod would be refused`, findings };
}

function limitedOf(settings: ExperimentSettings, pods: Pods): Limited[] {
    const wants = wantsOf(settings, pods);
    const advise = (resource: string, most: number) => wants.find((want) => want.resource === resource)?.advice(most);
    const ofContainer = (container: ContainerDemand): Limited => ({
        ...container,
        type: "Container",
        who: `the container ${container.name}`,
        place: (resource) => placeOfResource(settings, pods, resource, container.name),
        advise: (resource, most) => (container.name === containers.train ? advise(resource, most) : undefined),
    });
    const pod: Limited = {
        ...pods.actual,
        type: "Pod",
        who: "the pod",
        place: (resource) => placeOfResource(settings, pods, resource),
        advise,
    };
    return [...pods.actual.containers.map(ofContainer), pod, ...claimOf(settings)];
}

function claimOf(settings: ExperimentSettings): Limited[] {
    const { volume } = settings.stack;
    if (volume === undefined) {
        return [];
    }
    const amounts = new Map([["storage", parseAmount(volume.size)]]);
    const place = placeOfStackKey(settings.stack, "volume.size");
    return [
        {
            type: "PersistentVolumeClaim",
            who: "the claim",
            requests: amounts,
            limits: amounts,
            place: () => place,
            advise: () => undefined,
        },
    ];
}

function judge(one: Limited, item: Item, name: string): Finding[] {
    const filled = one.type === "Container" ? fillIn(one, item) : one;
    const range = `the limit range ${name}`;
    return [...tooMuch(filled, item, range), ...tooLittle(filled, item, range), ...tooUneven(filled, item, range)];
}

/** What a container leaves out is filled in before it is judged. */
function fillIn(one: Limited, item: Item): Limited {
    return {
        ...one,
        limits: new Map([...parseAmounts(item._default), ...one.limits]),
        requests: new Map([...parseAmounts(item.defaultRequest), ...one.requests]),
    };
}

function tooMuch(one: Limited, item: Item, range: string): Finding[] {
    return [...parseAmounts(item.max)].flatMap(([resource, max]) => {
        const given = one.limits.get(resource);
        const allowed = `and ${range} allows ${kinds[one.type]} at most ${showAmount(resource, max)}`;
        if (given === undefined) {
            return refused(one, resource, `sets no limit for ${resource}, ${allowed}`);
        }
        const message = `asks for ${showAmount(resource, given)}, ${allowed}`;
        return given > max ? refused(one, resource, message, one.advise(resource, max)) : [];
    });
}

function tooLittle(one: Limited, item: Item, range: string): Finding[] {
    return [...parseAmounts(item.min)].flatMap(([resource, min]) => {
        const given = one.requests.get(resource) ?? 0;
        const wanted = `and ${range} wants ${kinds[one.type]} to ask for ${showAmount(resource, min)} or more`;
        return given < min ? refused(one, resource, `asks for ${showAmount(resource, given)}, ${wanted}`) : [];
    });
}

function tooUneven(one: Limited, item: Item, range: string): Finding[] {
    return [...parseAmounts(item.maxLimitRequestRatio)].flatMap(([resource, most]) => {
        const limit = one.limits.get(resource) ?? 0;
        const request = one.requests.get(resource) ?? 0;
        const allowed = `and ${range} allows at most ${most} times`;
        if (limit === 0 || request === 0) {
            return refused(one, resource, `sets no limit or no request for ${resource}, ${allowed}`);
        }
        const message = `limits ${resource} to ${Number((limit / request).toFixed(2))} times what it requests, ${allowed}`;
        return limit / request > most ? refused(one, resource, message) : [];
    });
}

function refused(one: Limited, resource: string, message: string, suggestion?: string): Finding[] {
    const problem = { ...one.place(resource), message: `${one.who} ${message}` };
    return [{ level: "error", problem: suggestion === undefined ? problem : { ...problem, suggestion } }];
}
