// What the training's containers asked for, and what they use where the cluster measures that.
import { connect } from "../../pipeline/training/cluster.ts";
import { describeClusterError } from "../../pipeline/training/clusterError.ts";
import type { Job, Pod } from "../../pipeline/training/clusterObjects.ts";
import type { TrainingTarget } from "../../pipeline/training/report.ts";
import type { Resources } from "../model/report.ts";

/** @param job - as it was declared, for when its pods are gone */
export async function gatherResources(
    target: TrainingTarget,
    job: Job | undefined,
    pod: Pod | undefined,
): Promise<Resources | undefined> {
    const spec = pod?.spec ?? job?.spec?.template.spec;
    if (!spec) return undefined;
    const { used, note } = await measure(target, pod);
    const containers = [...(spec.initContainers ?? []), ...spec.containers].map(({ name, resources }) => {
        const usage = used.get(name);
        return {
            container: name,
            asked: { ...resources?.requests, ...resources?.limits },
            ...(usage && { used: usage }),
        };
    });
    return { containers: containers.filter(({ asked }) => Object.keys(asked).length > 0), note };
}

type Usage = Awaited<ReturnType<ReturnType<typeof connect>["podUsage"]>>;

async function measure(
    { kubernetes, jobName, jobUid }: TrainingTarget,
    pod: Pod | undefined,
): Promise<{ used: Usage; note: string }> {
    const nothing: Usage = new Map();
    const name = pod?.metadata?.name;
    if (name === undefined || pod?.status?.phase !== "Running")
        return { used: nothing, note: "Use is measured only while a pod runs, and is kept nowhere." };
    try {
        const cluster = connect(kubernetes.context, { namespace: kubernetes.namespace, name: jobName, uid: jobUid });
        const used = await cluster.podUsage(name);
        return { used, note: "Used: CPU and memory now, by metrics.k8s.io, which does not measure GPUs." };
    } catch (error) {
        return {
            used: nothing,
            note: `The cluster gives no measurements (metrics.k8s.io): ${describeClusterError(error)}.`,
        };
    }
}
