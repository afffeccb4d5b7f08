import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ephemeralStorage, podSizes, storageSize } from "../../components/podResources.ts";

const resources = { gpus: 4, cpusPerGpu: 12, memoryPerCpuGb: 1, minGpuMemoryMb: 15000 };

describe("podSizes", () => {
    it("counts memory per CPU on top of a base of 32 GB", () => {
        assert.deepEqual(podSizes(resources), { gpus: 4, cpus: 48, memory: "80G", sharedMemory: "40G" });
    });

    it("writes fractions in the unit the API server keeps", () => {
        const { memory, sharedMemory } = podSizes({ ...resources, memoryPerCpuGb: 1.0105 });
        assert.deepEqual([memory, sharedMemory], ["80504M", "40252M"]);
    });

    it("never gives shared memory more than half of the memory", () => {
        const { memory, sharedMemory } = podSizes({ gpus: 1, cpusPerGpu: 1, memoryPerCpuGb: 0.001, minGpuMemoryMb: 1 });
        assert.deepEqual([memory, sharedMemory], ["32001M", "16G"]);
    });
});

describe("storage", () => {
    it("has room for the data, a tenth more, and the run", () => {
        assert.equal(storageSize(0), "10Gi");
        assert.equal(storageSize(100 * 2 ** 30), "120Gi");
    });

    it("asks the node for code and logs too, but not for data that are on a claim", () => {
        assert.equal(ephemeralStorage(100 * 2 ** 30, false), "125Gi");
        assert.equal(ephemeralStorage(100 * 2 ** 30, true), "5Gi");
    });
});
