// Waiting until an object is gone, and finding one again, on a cluster that is played.
import assert from "node:assert/strict";
import { test } from "node:test";
import { untilGone } from "../../../../embedded/providers/kubernetes/await.ts";
import { type Cluster, Refused } from "../../../../embedded/providers/kubernetes/cluster.ts";
import { kubernetesObject } from "../../../../embedded/providers/kubernetes/object.ts";
import type { Call } from "../../../../embedded/providers/provider.ts";
import type { PropertyMap } from "../../../../embedded/state/propertyValues.ts";

const claim = {
    kind: "PersistentVolumeClaim",
    metadata: { namespace: "physics", name: "data", finalizers: ["kubernetes.io/pvc-protection"] },
};

function pod(name: string, claimName: string, phase = "Running"): PropertyMap {
    return { metadata: { name }, spec: { volumes: [{ persistentVolumeClaim: { claimName } }] }, status: { phase } };
}

/** An object that is there for some looks, and what pods there are. */
function cluster(looks: number, object: PropertyMap, list: () => readonly PropertyMap[] = () => []): Cluster {
    let left = looks;
    const get = () => {
        left -= 1;
        if (left < 0) return Promise.reject(new Refused(404, { message: "not found" }));
        return Promise.resolve(object);
    };
    return { get, list: async () => await Promise.resolve().then(list) } as unknown as Cluster;
}

function call(lines: string[], timeoutSeconds = 60): Call {
    const log = (severity: string, message: string) => lines.push(`${severity}: ${message}`);
    return {
        type: "kubernetes:core/v1:Thing",
        preview: false,
        timeoutSeconds,
        log,
        signal: new AbortController().signal,
    };
}

const held = 'PersistentVolumeClaim physics/data is being deleted, held by "kubernetes.io/pvc-protection"';

test("a claim that pods still use is told with their names, once, until it is gone", async () => {
    const lines: string[] = [];
    const pods = [pod("notebook", "data"), pod("other", "else"), pod("done", "data", "Succeeded")];
    await untilGone(
        cluster(4, claim, () => pods),
        claim,
        call(lines),
    );
    const because = `${held}: the pod notebook uses it, and it goes once that pod is gone`;
    assert.deepEqual(lines, [`status: ${held}`, `warning: ${because}`, `status: ${because}`]);
});

test("giving up names them too", async () => {
    const pods = () => [pod("a", "data"), pod("b", "data")];
    const waiting = untilGone(cluster(1000, claim, pods), claim, call([], 0.2));
    await assert.rejects(waiting, /the pods a, b use it, and it goes once those pods are gone, after 0\.2 s$/);
});

test("who may not list pods is told the finalizers", async () => {
    const lines: string[] = [];
    const forbidden = () => {
        throw new Refused(403, { message: "forbidden" });
    };
    await untilGone(cluster(3, claim, forbidden), claim, call(lines));
    assert.deepEqual(lines, [`status: ${held}`]);
});

test("what a creation has made whose end nobody heard of is found, unless it is another one", async () => {
    const inputs = { apiVersion: "v1", kind: "Thing", metadata: { namespace: "physics", name: "x" }, data: { a: "1" } };
    const managed = (manager: string) => ({ ...inputs.metadata, managedFields: [{ manager, operation: "Update" }] });
    const find = async (live: PropertyMap, looks = 1) => {
        const world = { cluster: cluster(looks, live), mutable: { secret: true, configMap: true }, takeOver: false };
        return (await kubernetesObject(world).read(call([]), "", {}, inputs))?.id;
    };
    const ours = { ...inputs, metadata: managed("pulumi-kubernetes"), status: { phase: "Bound" } };
    assert.equal(await find(ours), "physics/x");
    assert.equal(await find({ ...ours, data: { a: "2" } }), undefined);
    assert.equal(await find({ ...ours, metadata: managed("kubectl") }), undefined);
    assert.equal(await find(ours, 0), undefined);
});
