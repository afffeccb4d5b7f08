// Whether any node of the cluster could take the training pod.
import { isDeepStrictEqual } from "node:util";
import { CoreV1Api, type V1Node } from "@kubernetes/client-node";
import type { ExperimentSettings, RemoteTraining } from "../../../config/settings.ts";
import type { Plain } from "../../../pipeline/training/clusterObjects.ts";
import { placeOfStackKey, placeOfValue } from "../../places.ts";
import type { CheckResult, Finding, Subject } from "../check.ts";
import { parseAmounts } from "./amounts.ts";
import { type Connection, hidden, look, until } from "./connection.ts";
import { allows, selects } from "./nodeAffinity.ts";
import { showAmount, type Want, wantsOf } from "./resources.ts";
import { type Pods, trainingPods } from "./trainingPod.ts";

type Node = Plain<Pick<V1Node, "metadata" | "spec" | "status">>;

const gpuMemoryLabel = "nvidia.com/gpu.memory";

/** Those by which a cloud's pools of nodes are known, which may grow by other nodes when a pod waits for one. */
const poolLabels = [
    "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "karpenter.sh/nodepool",
    "kubernetes.azure.com/agentpool",
];

export async function checkNodes(connection: Connection, subject: Subject, signal: AbortSignal): Promise<CheckResult> {
    const pods = trainingPods(subject);
    // What the server has at hand is new enough, and much less work for it.
    const request = connection.api(CoreV1Api).listNode({ resourceVersion: "0" }, until(signal));
    const nodes = await look(request);
    return typeof nodes === "string"
        ? hidden("list nodes", "whether one can take the pod")
        : judgeNodes(subject.settings, pods, nodes.items);
}

/** One thing that a node must have. */
interface Need {
    /** Of nodes that have it: `4 GPUs`. */
    readonly having: string;
    isMet(node: Node): boolean;
    /** When none of `nodes` meets it; `which` tells which nodes these are. */
    complain(nodes: readonly Node[], which: string): Finding["problem"];
}

/**
 * Looks for each thing among the nodes that have all others before it. Taints do not count: a cluster's own rules may
 * add tolerations to a pod, as Nautilus does for its large nodes.
 */
export function judgeNodes(settings: ExperimentSettings, pods: Pods, nodes: readonly Node[]): CheckResult {
    if (nodes.length === 0) {
        const message = "the cluster has no nodes now; the pod would wait for one";
        return { summary: "no nodes", findings: [{ level: "warning", problem: { message } }] };
    }
    let left = nodes;
    const having: string[] = [];
    const problems: Finding["problem"][] = [];
    for (const need of needsOf(settings, pods)) {
        const meeting = left.filter((node) => need.isMet(node));
        if (meeting.length === 0) {
            const which = having.length === 0 ? "the cluster's nodes" : `the nodes with ${having.join(" and ")}`;
            problems.push(need.complain(left, which));
            continue;
        }
        if (meeting.length < left.length) {
            having.push(need.having);
        }
        left = meeting;
    }
    const fitting = problems.length > 0 ? [] : left;
    const summary = `${fitting.length} of ${nodes.length} nodes could take the pod`;
    if (problems.length === 0 && !fitting.some(isOpen)) {
        const [are, them] = fitting.length === 1 ? ["it is", "it"] : ["all of these are", "one"];
        const message = `${summary}, and ${are} closed or not ready; the pod would wait for ${them}`;
        return { summary, findings: [{ level: "warning", problem: { message } }] };
    }
    const mayGrow = nodes.some(({ metadata }) => poolLabels.some((label) => metadata?.labels?.[label] !== undefined));
    return { summary, findings: problems.map((problem) => ({ level: mayGrow ? "warning" : "error", problem })) };
}

function isOpen({ spec, status }: Node): boolean {
    const isReady = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
    return isReady === true && spec?.unschedulable !== true;
}

function needsOf(settings: ExperimentSettings, pods: Pods): Need[] {
    const { spec } = pods.actual;
    return [
        ...(spec.nodeSelector === undefined ? [] : [selectorNeed(settings, pods)]),
        affinityNeed(settings, pods),
        ...wantsOf(settings, pods).map(amountNeed),
    ];
}

function selectorNeed(settings: ExperimentSettings, { actual: { spec } }: Pods): Need {
    const labels = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
    return {
        having: labels.join(", "),
        isMet: (node) => selects(spec, node),
        complain: (_, which) => ({
            ...placeOfStackKey(settings.stack, "podTemplatePatch"),
            message: `none of ${which} has the labels of nodeSelector: ${labels.join(", ")}`,
        }),
    };
}

function affinityNeed(settings: ExperimentSettings, { actual, unpatched }: Pods): Need {
    const isMet = (node: Node) => allows(actual.spec, node);
    if (!isDeepStrictEqual(actual.spec.affinity, unpatched.spec.affinity)) {
        return {
            having: "what nodeAffinity requires",
            isMet,
            complain: (_, which) => ({
                ...placeOfStackKey(settings.stack, "podTemplatePatch"),
                message: `none of ${which} has what nodeAffinity requires`,
            }),
        };
    }
    const { minGpuMemoryMb } = (settings.training as RemoteTraining).resources;
    return {
        having: `more than ${minGpuMemoryMb} MB of GPU memory`,
        isMet,
        complain: (nodes, which) => {
            const most = Math.max(...nodes.map(({ metadata }) => Number(metadata?.labels?.[gpuMemoryLabel] ?? 0)));
            const message =
                most > 0
                    ? `GPUs must have more than ${minGpuMemoryMb} MB of memory, and those of ${which} have ${most} MB at most`
                    : `none of ${which} has a GPU of known memory (the label ${gpuMemoryLabel})`;
            const advice = most > 1 ? { suggestion: `less than ${most}` } : {};
            return { ...placeOfValue(settings, "luigi_Train", "min_gpu_memory"), message, ...advice };
        },
    };
}

function amountNeed({ resource, amount, place, advice }: Want): Need {
    const has = ({ status }: Node) => parseAmounts(status?.allocatable).get(resource) ?? 0;
    return {
        having: showAmount(resource, amount),
        isMet: (node) => has(node) >= amount,
        complain: (nodes, which) => {
            const most = Math.max(0, ...nodes.map(has));
            const suggestion = advice(most);
            return {
                ...place,
                message: `the pod asks for ${showAmount(resource, amount)}, and the largest of ${which} has ${showAmount(resource, most)}`,
                ...(suggestion !== undefined && { suggestion }),
            };
        },
    };
}
