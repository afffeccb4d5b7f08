// What the cluster is asked before a remote training.
import { ConfigError } from "../../../config/errors.ts";
import { Blocked, type Check, type CheckResult, type Subject } from "../check.ts";
import type { ClusterAccess } from "./access.ts";
import type { Connection } from "./connection.ts";

type Question = (connection: Connection, subject: Subject, signal: AbortSignal) => Promise<CheckResult>;

/** Loaded when they are asked: the cluster's library takes half a second, which others need not wait for. */
const questions: readonly (readonly [string, () => Promise<Question>])[] = [
    ["namespace", async () => (await import("./namespace.ts")).checkNamespace],
    ["rights", async () => (await import("./rights.ts")).checkRights],
    ["quota", async () => (await import("./quota.ts")).checkQuota],
    ["limit ranges", async () => (await import("./limitRanges.ts")).checkLimitRanges],
    ["storage class", async () => (await import("./storageClass.ts")).checkStorageClass],
    ["nodes", async () => (await import("./nodes.ts")).checkNodes],
];

/** In milliseconds, for library, plugin and server together; a check has 4 s. */
const longestWait = 3000;

export function clusterChecks(subject: Subject): Check[] {
    const { training, stack } = subject.settings;
    if (training.where === "local" || stack.kubernetes === undefined) {
        return [];
    }
    let opened: Promise<ClusterAccess> | undefined;
    const open = async () => {
        const limit = AbortSignal.timeout(longestWait);
        const { ClusterAccess } = await import("./access.ts");
        return new ClusterAccess(subject, limit);
    };
    const access = () => (opened ??= open());
    const asked = questions.filter(([name]) => name !== "storage class" || stack.volume !== undefined);
    return [
        check("kubeconfig", async (signal) => (await access()).kubeconfig(signal)),
        check("server", async (signal) => (await access()).server(signal)),
        ...asked.map(([name, load]) =>
            check(name, async (signal) => {
                const connection = await (await access()).connection(signal);
                return (await load())(connection, subject, signal);
            }),
        ),
    ];
}

function check(name: string, ask: Check["run"]): Check {
    return { group: "Kubernetes", name, run: async (signal) => await explained(ask(signal)) };
}

/** Wrong configuration is a finding; the cluster's refusals come in words. */
async function explained(asking: Promise<CheckResult>): Promise<CheckResult> {
    try {
        return await asking;
    } catch (error) {
        if (error instanceof ConfigError) {
            const findings = error.problems.map((problem) => ({ level: "error" as const, problem }));
            return { summary: error.problems[0]?.message ?? "", findings };
        }
        if (error instanceof Blocked) {
            throw error;
        }
        const { describeClusterError } = await import("../../../pipeline/training/clusterError.ts");
        throw new Error(describeClusterError(error), { cause: error });
    }
}
