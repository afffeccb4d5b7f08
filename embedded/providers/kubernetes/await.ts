// Waiting for an object to be done, or gone, by looking again and again: that needs no more than the right to read it.
import { setTimeout as sleep } from "node:timers/promises";
import type { PropertyMap } from "../../state/propertyValues.ts";
import { at, type Call, isList, text } from "../provider.ts";
import { type Cluster, Refused, Unreachable } from "./cluster.ts";
import { type Judge, judgeClaim, judgeJob, parseWaitFor, type Verdict } from "./conditions.ts";
import { annotation } from "./inputs.ts";
import { describe } from "./refusals.ts";

const defaultTimeoutSeconds = 600;

/** Tells every state it sees, the last of them also when it fails. */
export async function untilReady(
    cluster: Cluster,
    first: PropertyMap,
    call: Call,
    seen: (live: PropertyMap) => void,
): Promise<void> {
    const judge = await judgeOf(cluster, first);
    let live = first;
    await poll(first, call, async (again) => {
        if (again) {
            live = await cluster.get(first);
            seen(live);
        }
        return judge(live);
    });
}

/** An object of the same name with another uid is somebody else's. */
export async function untilGone(cluster: Cluster, object: PropertyMap, call: Call): Promise<void> {
    const uid = text(object, "metadata", "uid");
    let warned = "";
    await poll(object, call, async (again) => {
        try {
            const live = await cluster.get(object);
            if (uid !== "" && text(live, "metadata", "uid") !== uid) return "done";
            // Most claims are gone by the second look, and then nobody needs the right to list pods.
            const users = again ? await podsThatUse(cluster, live) : [];
            const waiting = `${describe(object)} is being deleted, ${heldBy(live, users)}`;
            // Somebody has to act, so it is told also where no live display shows what is waited for.
            if (users.length > 0 && waiting !== warned) call.log("warning", waiting);
            warned = waiting;
            return { waiting };
        } catch (error) {
            if (error instanceof Refused && error.code === 404) return "done";
            throw error;
        }
    });
}

function heldBy(live: PropertyMap, users: readonly string[]): string {
    const finalizers = at(live, "metadata", "finalizers");
    const holders = isList(finalizers) ? finalizers.map((name) => JSON.stringify(name)).join(", ") : "nothing";
    if (users.length === 0) return `held by ${holders}`;
    const [pods, use, end] = users.length === 1 ? ["pod", "uses", "that pod is"] : ["pods", "use", "those pods are"];
    return `held by ${holders}: the ${pods} ${users.join(", ")} ${use} it, and it goes once ${end} gone`;
}

/** Names of the pods that have a claim mounted or wait to; none for other kinds, or when pods may not be listed. */
async function podsThatUse(cluster: Cluster, object: PropertyMap): Promise<readonly string[]> {
    if (text(object, "kind") !== "PersistentVolumeClaim") return [];
    const [name, namespace] = [text(object, "metadata", "name"), text(object, "metadata", "namespace")];
    try {
        const pods = await cluster.list({ apiVersion: "v1", kind: "Pod", metadata: { namespace } });
        const users = pods.filter((pod) => {
            const volumes = at(pod, "spec", "volumes");
            const mounted = isList(volumes)
                ? volumes.map((one) => text(one, "persistentVolumeClaim", "claimName"))
                : [];
            return mounted.includes(name) && !/^(Succeeded|Failed)$/.test(text(pod, "status", "phase"));
        });
        return users.map((pod) => text(pod, "metadata", "name"));
    } catch (error) {
        if (error instanceof Refused || error instanceof Unreachable) return [];
        throw error;
    }
}

async function poll(object: PropertyMap, call: Call, look: (again: boolean) => Promise<Verdict>): Promise<void> {
    const annotated = Number(annotation(object, "pulumi.com/timeoutSeconds"));
    const seconds = call.timeoutSeconds ?? (annotated > 0 ? annotated : defaultTimeoutSeconds);
    const deadline = Date.now() + seconds * 1000;
    let shown = "";
    for (let delay = 100; ; delay = Math.min(delay * 1.5, 3000)) {
        const verdict = await look(shown !== "");
        if (verdict === "done") return;
        if ("failed" in verdict) throw new Error(verdict.failed);
        if (verdict.waiting !== shown) call.log("status", verdict.waiting);
        shown = verdict.waiting;
        if (Date.now() > deadline) throw new Error(`${shown}, after ${seconds} s`);
        await sleep(delay, undefined, { signal: call.signal }).catch(() => {
            throw new Error(`${shown}; stopped waiting for it`);
        });
    }
}

async function judgeOf(cluster: Cluster, object: PropertyMap): Promise<Judge> {
    const waitFor = annotation(object, "pulumi.com/waitFor");
    if (annotation(object, "pulumi.com/skipAwait") === "true") return () => "done";
    if (waitFor !== "") return parseWaitFor(waitFor);
    if (object.kind === "Job") return judgeJob;
    return object.kind === "PersistentVolumeClaim" ? judgeClaim(await bindingModeOf(cluster, object)) : () => "done";
}

async function bindingModeOf(cluster: Cluster, claim: PropertyMap): Promise<string | undefined> {
    const name = text(claim, "spec", "storageClassName");
    try {
        const query = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name } };
        return name === "" ? undefined : text(await cluster.get(query), "volumeBindingMode");
    } catch {
        // Many users may not read storage classes.
        return undefined;
    }
}
