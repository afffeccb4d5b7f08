// Rules about what containers ask for and what they may use.
import * as v from "valibot";
import { type Container, containersOf, type Pod, quantity } from "../pod.ts";
import { percent, type Quantity } from "../quantity.ts";
import { podRule, share, source, text, type Violation } from "../rule.ts";

/** Kubernetes takes a missing request to be the limit, so that a limit alone is enough. */
export const limitsNearRequests = podRule(
    v.strictObject({ ...source, within: share, needed: v.array(text, "a list of resources") }),
    (pod, { within, needed }) =>
        containersOf(pod).flatMap(({ name, resources: { requests, limits } }) =>
            [...new Set([...needed, ...Object.keys(requests), ...Object.keys(limits)])].flatMap((resource) =>
                judgeLimit(`container ${name}`, resource, limits[resource], requests[resource], within),
            ),
        ),
);

function judgeLimit(
    who: string,
    resource: string,
    limit: Quantity | undefined,
    request: Quantity | undefined,
    within: number,
): Violation[] {
    const wanted = `within ${percent(within)} of the request`;
    if (limit === undefined) {
        const asked = request === undefined ? "" : `requests ${request.text} of ${resource} and `;
        return [{ message: `${who} ${asked}has no limit of ${resource}, which has to be ${wanted}` }];
    }
    // A hair more than the share is rounding.
    if (request === undefined || Math.abs(limit.value - request.value) <= request.value * within * (1 + 1e-9)) {
        return [];
    }
    const message = `${who} requests ${request.text} of ${resource} and is limited to ${limit.text}, which has to be ${wanted}`;
    return [{ message, suggestion: `requests and limits of ${limit.text}` }];
}

/** `unlessRequested`: the cluster minds only what pods fill without having asked for it. */
const scratchParameters = v.strictObject({
    ...source,
    most: quantity,
    from: share,
    unlessRequested: v.optional(v.boolean("true or false"), false),
});

/** A volume is counted with the containers that fill it, and by itself only when it may grow beyond all of them. */
export const scratch = podRule(scratchParameters, (pod, { most, from, unlessRequested }) => {
    const filled = containersOf(pod).map(scratchOf);
    const largest = Math.max(...filled.map(({ size }) => size?.value ?? 0));
    const volumes = pod.volumes
        .filter(({ emptyDir }) => emptyDir?.medium !== "Memory")
        .map(({ name, emptyDir }) => ({ who: `volume ${name}`, size: emptyDir?.sizeLimit ?? undefined, requested: 0 }))
        .filter(({ size }) => size !== undefined && size.value > largest);
    return [...filled, ...volumes].flatMap(({ who, size, requested }) => {
        const isAskedFor = unlessRequested && size !== undefined && requested >= size.value;
        return size === undefined || size.value <= most.value * from || isAskedFor
            ? []
            : [describeScratch(who, size, most, unlessRequested)];
    });
});

function scratchOf({ name, resources: { limits, requests } }: Container) {
    const [limit, request] = [limits["ephemeral-storage"], requests["ephemeral-storage"]];
    return { who: `container ${name}`, size: limit ?? request, requested: (request ?? limit)?.value ?? 0 };
}

function describeScratch(who: string, size: Quantity, most: Quantity, unlessRequested: boolean): Violation {
    const limit = `${most.text} per container, above which a pod can be evicted`;
    const message = `${who} may fill ${size.text} of the node's disk, ${size.value > most.value ? "more than" : "close to"} the ${limit}`;
    return { message, ...(unlessRequested && { suggestion: `request ${size.text} of ephemeral-storage` }) };
}

/** Pages of a volume in memory are counted as memory of the container that wrote them. */
export const memoryVolumes = podRule(v.strictObject(source), (pod) =>
    pod.volumes.flatMap(({ name, emptyDir }) => {
        const size = emptyDir?.medium === "Memory" ? emptyDir.sizeLimit : undefined;
        const small = size && containersWith(pod, name).find(({ value }) => value < size.value);
        if (!small) {
            return [];
        }
        const counted = `which is counted against the limit of container ${small.name}, ${small.text}`;
        const message = `volume ${name} may take ${size.text} of memory, ${counted}`;
        return [{ message, suggestion: `a sizeLimit below ${small.text}` }];
    }),
);

function containersWith(pod: Pod, volume: string): (Quantity & { readonly name: string })[] {
    return containersOf(pod)
        .filter(({ volumeMounts }) => volumeMounts.some(({ name }) => name === volume))
        .flatMap(({ name, resources: { limits } }) => (limits.memory ? [{ name, ...limits.memory }] : []));
}
