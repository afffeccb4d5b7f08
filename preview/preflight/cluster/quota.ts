// Whether the namespace's quotas have room for the experiment: at all, and now.
import { BatchV1Api, CoreV1Api, type V1ResourceQuota } from "@kubernetes/client-node";
import { objectName } from "../../../components/labels.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import type { Plain } from "../../../pipeline/training/clusterObjects.ts";
import type { CheckResult, Finding, Subject } from "../check.ts";
import { parseAmounts } from "./amounts.ts";
import { type Connection, hidden, look, until } from "./connection.ts";
import { type Demand, demandsOf } from "./quotaDemand.ts";
import { countsPod, hasScopes } from "./quotaScope.ts";
import { type Pods, trainingPods } from "./trainingPod.ts";

type Quota = Plain<Pick<V1ResourceQuota, "metadata" | "spec" | "status">>;

export async function checkQuota(connection: Connection, subject: Subject, signal: AbortSignal): Promise<CheckResult> {
    const { namespace } = connection.kubeconfig;
    const pods = trainingPods(subject);
    const quotas = await look(connection.api(CoreV1Api).listNamespacedResourceQuota({ namespace }, until(signal)));
    if (typeof quotas === "string") {
        return hidden("list resourcequotas", "whether a quota has room for the pod");
    }
    if (quotas.items.length === 0) {
        return { summary: `no quota in the namespace ${namespace}` };
    }
    const hasJob = await jobExists(connection, subject.settings, signal);
    return judgeQuotas(subject.settings, pods, quotas.items, hasJob);
}

async function jobExists(connection: Connection, settings: ExperimentSettings, signal: AbortSignal): Promise<boolean> {
    const { run } = settings.directories;
    const identity = { experiment: settings.stack.name, runDir: run.kind === "s3" ? run.uri : "" };
    const { namespace } = connection.kubeconfig;
    const request = { namespace, name: objectName(identity) };
    const job = await look(connection.api(BatchV1Api).readNamespacedJob(request, until(signal)));
    return typeof job !== "string";
}

/** With a Job, what the experiment asks for is in use already, so only the hard limits tell something. */
export function judgeQuotas(
    settings: ExperimentSettings,
    pods: Pods,
    quotas: readonly Quota[],
    hasJob: boolean,
): CheckResult {
    const demands = demandsOf(settings, pods);
    const findings = quotas.flatMap((quota) => {
        const counted = demands.filter(({ isPod }) =>
            isPod ? countsPod(quota.spec, pods.actual.spec) : !hasScopes(quota.spec),
        );
        return counted.flatMap((demand) => judgeDemand(demand, quota, hasJob));
    });
    const names = quotas.map(({ metadata }) => metadata?.name ?? "").join(", ");
    return { summary: findings.length === 0 ? `${names}: room enough` : `${names}: not room enough`, findings };
}

function judgeDemand(demand: Demand, { metadata, spec, status }: Quota, hasJob: boolean): Finding[] {
    const hard = parseAmounts(spec?.hard);
    const used = parseAmounts(status?.used);
    const quota = `the quota ${metadata?.name ?? ""}`;
    const { amount, isPod, place, show, advice } = demand;
    const who = isPod ? "the pod" : "the experiment";
    return demand.keys.flatMap((key): Finding[] => {
        const most = hard.get(key);
        const taken = used.get(key) ?? 0;
        if (most === undefined || amount <= (hasJob ? most : most - taken)) {
            return [];
        }
        const asks = `${who} asks for ${show(amount)}`;
        if (amount > most) {
            const suggestion = advice?.(most);
            const message = `${asks}, and ${quota} allows ${show(most)} in all (${key})`;
            return [{ level: "error", problem: { ...place, message, ...(suggestion && { suggestion }) } }];
        }
        const left = show(Math.max(0, most - taken));
        const outcome = isPod ? "it would wait until others end" : "it would be refused until others are gone";
        const message = `${asks}, and ${quota} has ${left} left of ${show(most)} (${key}); ${outcome}`;
        return [{ level: "warning", problem: { ...place, message } }];
    });
}
