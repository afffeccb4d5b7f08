import { asking, podWith, testRule, train } from "../fixture.ts";

const policies = "Nautilus: https://nrp.ai/documentation/userdocs/start/policies";

function of(gpus: number, resources: object) {
    return podWith({ containers: [asking({ "nvidia.com/gpu": gpus, ...resources })] });
}

testRule("memory-use", policies, [
    { when: "the memory of 4 GPUs with 1 GB for each of 12 CPUs", spec: of(4, { memory: "80G" }) },
    { when: "the memory of 1 GPU with 1 GB for each of 12 CPUs", spec: of(1, { memory: "44G" }) },
    { when: "a fifth that is used", spec: of(8, { memory: "330G" }) },
    {
        when: "the memory of 8 GPUs with 4 GB for each of 12 CPUs",
        spec: of(8, { memory: "416G" }),
        says: [
            "container train asks for 416G of memory, and training on 8 GPUs will likely use 66G of it, 16%: " +
                "less than 20% is waste",
        ],
    },
    {
        when: "the memory of 1 GPU with 4 GB for each of 12 CPUs",
        spec: of(1, { memory: "80G" }),
        says: [
            "container train asks for 80G of memory, and training on 1 GPU will likely use 10G of it, 13%: " +
                "less than 20% is waste",
        ],
    },
    { when: "a training without GPUs, of which nothing is known", spec: of(0, { memory: "1T", cpu: 1000 }) },
    {
        when: "another container with much",
        spec: podWith({ containers: [train(), { ...asking({ memory: "1T" }), name: "side" }] }),
    },
]);

testRule("cpu-use", policies, [
    { when: "12 CPUs for each GPU", spec: of(8, { cpu: "96" }) },
    { when: "20 CPUs for each GPU", spec: of(2, { cpu: "40" }) },
    {
        when: "32 CPUs for each GPU",
        spec: of(2, { cpu: 64 }),
        says: [
            "container train asks for 64 CPUs, and training on 2 GPUs will likely keep 8 of them busy, 13%: " +
                "less than 20% is waste",
        ],
    },
]);

testRule("gpu-counts", "Nautilus: https://nrp.ai/documentation/userdocs/running/gpu-pods", [
    ...[1, 2, 4, 8].map((gpus) => ({ when: `${gpus} GPUs`, spec: of(gpus, {}) })),
    { when: "a pod without", spec: { containers: [{ name: "train", image: "x" }] } },
    {
        when: "3 GPUs",
        spec: of(3, {}),
        says: ["the pod asks for 3 GPUs, and nodes with many GPUs are kept for Jobs with 4 or 8 (one of 1, 2, 4, 8)"],
    },
    {
        when: "GPUs of another kind",
        spec: of(0, { "nvidia.com/a100": "16" }),
        says: ["the pod asks for 16 GPUs, and nodes with many GPUs are kept for Jobs with 4 or 8 (one of 1, 2, 4, 8)"],
    },
]);
