import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judge } from "../../../../preview/policy/lint.ts";
import { readPod } from "../../../../preview/policy/pod.ts";
import { parseProfile } from "../../../../preview/policy/profile.ts";
import { amounts, podWith, testRule, train } from "../fixture.ts";

const policies = "Nautilus: https://nrp.ai/documentation/userdocs/start/policies";

function limited(requests: object | undefined, limits: object | undefined) {
    return podWith({
        containers: [train({ resources: { ...(requests && { requests }), ...(limits && { limits }) } })],
    });
}

const { memory: _, ...withoutMemory } = amounts;

testRule("limits-near-requests", policies, [
    { when: "limits equal to requests", spec: podWith({}) },
    { when: "limits without requests, which Kubernetes takes from them", spec: limited(undefined, amounts) },
    { when: "a limit of a fifth more", spec: limited(amounts, { ...amounts, memory: "96G" }) },
    { when: "other ways to write the same", spec: limited(amounts, { ...amounts, cpu: 48, memory: "80000M" }) },
    {
        when: "a limit of more than a fifth more",
        spec: limited(amounts, { ...amounts, memory: "97G" }),
        says: [
            "container train requests 80G of memory and is limited to 97G, which has to be within 20% of the request " +
                "(requests and limits of 97G)",
        ],
    },
    {
        when: "a missing limit",
        spec: limited(amounts, withoutMemory),
        says: [
            "container train requests 80G of memory and has no limit of memory, which has to be within 20% of the request",
        ],
    },
    {
        when: "a container that says nothing, also one that runs first",
        spec: podWith({ initContainers: [{ name: "early", image: "x:v1" }] }),
        says: ["cpu", "memory", "ephemeral-storage"].map(
            (resource) => `container early has no limit of ${resource}, which has to be within 20% of the request`,
        ),
    },
]);

const limit = "50Gi per container, above which a pod can be evicted";

function filling(limit: string, request = limit) {
    const amount = (size: string) => ({ ...amounts, "ephemeral-storage": size });
    return { containers: [train({ resources: { requests: amount(request), limits: amount(limit) } })] };
}

testRule("scratch", "Nautilus: https://nrp.ai/documentation/userdocs/storage/local", [
    { when: "room for 40Gi", spec: filling("40Gi", "35Gi") },
    { when: "more room that is requested", spec: filling("65Gi") },
    {
        when: "a limit alone, which Kubernetes also requests",
        spec: limited(undefined, { ...amounts, "ephemeral-storage": "65Gi" }),
    },
    {
        when: "room for more than 80% of the limit that is not requested",
        spec: filling("41Gi", "35Gi"),
        says: [
            `container train may fill 41Gi of the node's disk, close to the ${limit} (request 41Gi of ephemeral-storage)`,
        ],
    },
    {
        when: "room for more than the limit that is not requested",
        spec: filling("60Gi", "55Gi"),
        says: [
            `container train may fill 60Gi of the node's disk, more than the ${limit} (request 60Gi of ephemeral-storage)`,
        ],
    },
    {
        when: "a volume that may grow beyond its containers",
        spec: podWith({ volumes: [{ name: "storage", emptyDir: { sizeLimit: "60Gi" } }] }),
        says: [
            `volume storage may fill 60Gi of the node's disk, more than the ${limit} (request 60Gi of ephemeral-storage)`,
        ],
    },
    {
        when: "a volume and the container that fills it, once",
        spec: { ...filling("65Gi", "60Gi"), volumes: [{ name: "storage", emptyDir: { sizeLimit: "60Gi" } }] },
        says: [
            `container train may fill 65Gi of the node's disk, more than the ${limit} (request 65Gi of ephemeral-storage)`,
        ],
    },
    { when: "a large volume in memory", spec: podWith({ volumes: [memoryVolume("60Gi")] }) },
]);

describe("the rule scratch of a cluster that minds also what is requested", () => {
    const profile = parseProfile("rules:\n  scratch: { source: me, most: 50Gi, from: 80% }\n", "p.yaml");
    const cases: readonly (readonly [string, string[]])[] = [
        ["40Gi", []],
        ["41Gi", [`container train may fill 41Gi of the node's disk, close to the ${limit} (me)`]],
        ["65Gi", [`container train may fill 65Gi of the node's disk, more than the ${limit} (me)`]],
        ["1Ti", [`container train may fill 1Ti of the node's disk, more than the ${limit} (me)`]],
    ];
    for (const [size, says] of cases) {
        it(`${says.length > 0 ? "minds" : "is content with"} ${size}`, () => {
            const found = judge(profile, { pod: readPod({ spec: filling(size) }) });
            assert.deepEqual(
                found.map(({ message }) => message),
                says,
            );
        });
    }
});

function memoryVolume(sizeLimit?: string) {
    return { name: "dshm", emptyDir: { medium: "Memory", ...(sizeLimit && { sizeLimit }) } };
}

function withMemoryVolume(sizeLimit?: string) {
    const containers = [train({ volumeMounts: [{ name: "dshm", mountPath: "/dev/shm" }] })];
    return podWith({ containers, volumes: [memoryVolume(sizeLimit)] });
}

testRule("memory-volumes", "Kubernetes: https://kubernetes.io/docs/concepts/storage/volumes/#emptydir", [
    { when: "half of the memory", spec: withMemoryVolume("40G") },
    { when: "a volume without a size, which Kubernetes bounds", spec: withMemoryVolume() },
    {
        when: "more than the container has",
        spec: withMemoryVolume("256Gi"),
        says: [
            "volume dshm may take 256Gi of memory, which is counted against the limit of container train, 80G " +
                "(a sizeLimit below 80G)",
        ],
    },
]);
