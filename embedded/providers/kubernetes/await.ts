// Waiting for an object to be done, or gone, by looking again and again: that needs no more than the right to read it.
import { setTimeout as sleep } from "node:timers/promises";
import type { PropertyMap } from "../../state/propertyValues.ts";
import { at, type Call, isList, text } from "../provider.ts";
import { type Cluster, Refused } from "./cluster.ts";
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
    await poll(object, call, async () => {
        try {
            const live = await cluster.get(object);
            if (uid !== "" && text(live, "metadata", "uid") !== uid) return "done";
            const finalizers = at(live, "metadata", "finalizers");
            const holders = isList(finalizers) ? finalizers.map((name) => JSON.stringify(name)).join(", ") : "nothing";
            return { waiting: `${describe(object)} is being deleted, held by ${holders}` };
        } catch (error) {
            if (error instanceof Refused && error.code === 404) return "done";
            throw error;
        }
    });
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
