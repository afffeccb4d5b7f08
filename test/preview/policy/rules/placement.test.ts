import { podWith, testRule } from "../fixture.ts";

function tolerating(...tolerations: object[]) {
    return podWith({ tolerations });
}

const advice = "(leave that toleration out)";

testRule("tolerations", "Nautilus: https://nrp.ai/documentation/userdocs/running/special", [
    { when: "none", spec: podWith({}) },
    { when: "other hardware", spec: tolerating({ key: "nautilus.io/hardware", value: "arm64", effect: "NoSchedule" }) },
    {
        when: "a taint that anyone may tolerate",
        spec: tolerating({ key: "nautilus.io/science-dmz", operator: "Exists" }),
    },
    ...["Exists", "Equal"].map((operator) => ({
        when: `a reserved taint (${operator})`,
        spec: tolerating({ key: "nautilus.io/system", operator, value: "storage" }),
        says: [`the pod tolerates nautilus.io/system, which is for the cluster's own services only ${advice}`],
    })),
    {
        when: "the taint that the cluster tolerates for Jobs with many GPUs, by its value and by any",
        spec: tolerating(
            { key: "nautilus.io/hardware", value: "large-gpu" },
            { key: "nautilus.io/hardware", operator: "Exists" },
        ),
        says: Array<string>(2).fill(
            `the pod tolerates nautilus.io/hardware=large-gpu, which is given by the cluster itself to Jobs with 4 or 8 GPUs ${advice}`,
        ),
    },
    {
        when: "another group's nodes",
        spec: tolerating({ key: "nautilus.io/reservation", value: "physics" }),
        says: [
            `the pod tolerates nautilus.io/reservation, which is only for the group that the nodes are reserved for ${advice}`,
        ],
    },
    {
        when: "everything",
        spec: tolerating({ operator: "Exists" }),
        says: ["the pod tolerates every taint, also of nodes that are not for users"],
    },
]);

testRule("node-name", "Kubernetes: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename", [
    { when: "a node that the scheduler finds", spec: podWith({ nodeSelector: { a: "b" } }) },
    {
        when: "a node by name",
        spec: podWith({ nodeName: "node-1" }),
        says: [
            "nodeName puts the pod on node-1 without the scheduler, which keeps nodes from being overfilled " +
                "(a nodeSelector or an affinity)",
        ],
    },
]);

testRule("priority-classes", "Nautilus: https://nrp.ai/documentation/userdocs/running/priority-classes", [
    { when: "none", spec: podWith({}) },
    { when: "a class that users may set", spec: podWith({ priorityClassName: "opportunistic" }) },
    {
        when: "one that they may not",
        spec: podWith({ priorityClassName: "system-node-critical" }),
        says: [
            'priorityClassName "system-node-critical" is not for users\' pods ' +
                "(leave it out, or one of opportunistic, opportunistic2, owner-no-preempt, armada-default)",
        ],
    },
]);
