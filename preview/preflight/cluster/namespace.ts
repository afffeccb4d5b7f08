// Whether the namespace is there. Most users may not look; what they may do in it tells them then.
import { CoreV1Api } from "@kubernetes/client-node";
import type { Problem } from "../../../config/errors.ts";
import { didYouMean } from "../../../config/similar.ts";
import { placeOfStackKey } from "../../places.ts";
import type { CheckResult, Subject } from "../check.ts";
import { type Connection, hidden, look, until } from "./connection.ts";

export async function checkNamespace(
    connection: Connection,
    { settings }: Subject,
    signal: AbortSignal,
): Promise<CheckResult> {
    const core = connection.api(CoreV1Api);
    const { namespace: name } = connection.kubeconfig;
    const place = placeOfStackKey(settings.stack, "kubernetes.namespace");
    const namespace = await look(core.readNamespace({ name }, until(signal)));
    if (namespace === "forbidden") {
        return hidden("get namespaces", `whether there is a namespace ${name}`);
    }
    if (namespace === "absent") {
        const problem = { ...place, message: `there is no namespace ${name}`, ...(await suggest(core, name, signal)) };
        return { summary: problem.message, findings: [{ level: "error", problem }] };
    }
    if (namespace.metadata?.deletionTimestamp !== undefined) {
        const message = `the namespace ${name} is being deleted`;
        return { summary: message, findings: [{ level: "error", problem: { ...place, message } }] };
    }
    return { summary: name };
}

async function suggest(core: CoreV1Api, name: string, signal: AbortSignal): Promise<Pick<Problem, "suggestion">> {
    const all = await look(core.listNamespace({}, until(signal)));
    const names = typeof all === "string" ? [] : all.items.map(({ metadata }) => metadata?.name ?? "");
    return { suggestion: didYouMean(name, names) ?? "ask the people who run the cluster for one" };
}
