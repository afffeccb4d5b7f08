// What the training pod asks the cluster for; requests equal limits, which shared clusters want.
import type { PodResources } from "../config/settings.ts";

/** What loading and training need besides the memory that is counted per CPU; upstream adds it too. */
export const baseMemoryGb = 32;

const gib = 2 ** 30;

/** Checkpoints and logs of a run; the largest seen are some hundred megabytes each. */
const runDirGi = 10;

/** The synced code, container logs and the container's own layer. */
const overheadGi = 5;

export interface PodSizes {
    readonly cpus: number;
    readonly gpus: number;
    /** Kubernetes quantity. */
    readonly memory: string;
    /** Kubernetes quantity; half of the memory, as /dev/shm is counted against the container's limit. */
    readonly sharedMemory: string;
}

export function podSizes(resources: PodResources): PodSizes {
    const cpus = resources.gpus * resources.cpusPerGpu;
    const memoryMb = Math.round((resources.memoryPerCpuGb * cpus + baseMemoryGb) * 1000);
    return {
        cpus,
        gpus: resources.gpus,
        memory: megabytes(memoryMb),
        sharedMemory: megabytes(Math.floor(memoryMb / 2)),
    };
}

/** Room for the data and the run directory, on the node's disk. */
export function storageSize(dataBytes: number): string {
    return `${storageGi(dataBytes)}Gi`;
}

/** What the pod may use of the node's disk in all. */
export function ephemeralStorage(dataBytes: number, dataOnClaim: boolean): string {
    return `${(dataOnClaim ? 0 : storageGi(dataBytes)) + overheadGi}Gi`;
}

function storageGi(dataBytes: number): number {
    return Math.ceil((dataBytes * 11) / (10 * gib)) + runDirGi;
}

/** In the form the API server keeps: it rewrites `81.5G` as `81500M`, which would show as a change. */
function megabytes(value: number): string {
    return value % 1000 === 0 ? `${value / 1000}G` : `${value}M`;
}
