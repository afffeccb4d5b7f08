// Whether the user has the rights of the published Role: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
import { readFile } from "node:fs/promises";
import {
    AuthenticationV1Api,
    AuthorizationV1Api,
    V1SelfSubjectAccessReview,
    V1SelfSubjectReview,
} from "@kubernetes/client-node";
import { parse } from "yaml";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { didYouMean } from "../../../config/similar.ts";
import { type Place, placeOfStackKey } from "../../places.ts";
import type { CheckResult, Finding, Subject } from "../check.ts";
import { type Connection, until } from "./connection.ts";

const roleFile = new URL("../../../docs/role.yaml", import.meta.url);

export interface Right {
    readonly verb: string;
    /** Such as `pods/log`. */
    readonly resource: string;
    /** Empty for Kubernetes' core. */
    readonly group: string;
}

interface Role {
    readonly rules: readonly {
        readonly apiGroups: readonly string[];
        readonly resources: readonly string[];
        readonly verbs: readonly string[];
    }[];
}

/** Without them a training runs all the same: right → what is missed. */
const conveniences: Readonly<Record<string, string>> = {
    "list events": "why no pod is made may stay untold",
    "get pods/log": "nobody sees here what training prints",
    "watch jobs": "news of the training comes late",
    "watch pods": "news of the training comes late",
};

/** Those of docs/role.yaml that this experiment makes use of. */
export async function rightsNeeded({ stack }: ExperimentSettings): Promise<Right[]> {
    const { rules } = parse(await readFile(roleFile, "utf8")) as Role;
    const unused = stack.volume === undefined ? ["persistentvolumeclaims"] : [];
    return rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
            resources
                .filter((resource) => !unused.includes(resource))
                .flatMap((resource) => verbs.map((verb) => ({ verb, resource, group }))),
        ),
    );
}

export async function checkRights(
    connection: Connection,
    { settings }: Subject,
    signal: AbortSignal,
): Promise<CheckResult> {
    const { namespace, otherNamespaces } = connection.kubeconfig;
    const needed = await rightsNeeded(settings);
    const answers = await Promise.all(needed.map((right) => may(connection, right, signal)));
    const denied = needed.filter((_, index) => !answers[index]);
    const summary = `${needed.length - denied.length} of ${needed.length} rights in the namespace ${namespace}`;
    if (denied.length === 0) {
        return { summary };
    }
    const user = await userName(connection, signal);
    const place = placeOfStackKey(settings.stack, "kubernetes.namespace");
    if (denied.length === needed.length) {
        const message = `you may do nothing in the namespace ${namespace}; is it yours?`;
        const suggestion =
            didYouMean(
                namespace,
                otherNamespaces.filter((other) => other !== namespace),
            ) ?? `ask for the rights of docs/role.yaml for ${user}`;
        return { summary, findings: [{ level: "error", problem: { ...place, message, suggestion } }] };
    }
    return { summary, findings: describeDenied(denied, { namespace, user, place }) };
}

/** Asked for any object of the kind: a Role that names single objects is less than the published one. */
async function may(connection: Connection, { verb, resource, group }: Right, signal: AbortSignal): Promise<boolean> {
    const [kind = "", subresource] = resource.split("/");
    const { namespace } = connection.kubeconfig;
    const attributes = { namespace, verb, group, resource: kind, ...(subresource !== undefined && { subresource }) };
    const body = Object.assign(new V1SelfSubjectAccessReview(), { spec: { resourceAttributes: attributes } });
    const api = connection.api(AuthorizationV1Api);
    const { status } = await api.createSelfSubjectAccessReview({ body }, until(signal));
    return status?.allowed === true;
}

/** As the cluster knows them, which is who gets a RoleBinding; asked only when there is something to ask for. */
async function userName(connection: Connection, signal: AbortSignal): Promise<string> {
    try {
        const api = connection.api(AuthenticationV1Api);
        const { status } = await api.createSelfSubjectReview({ body: new V1SelfSubjectReview() }, until(signal));
        return status?.userInfo?.username ?? connection.kubeconfig.user.name;
    } catch {
        return connection.kubeconfig.user.name;
    }
}

/** One finding for each resource. */
export function describeDenied(
    denied: readonly Right[],
    { namespace, user, place }: { readonly namespace: string; readonly user: string; readonly place: Place },
): Finding[] {
    return [...Map.groupBy(denied, ({ resource }) => resource)].map(([resource, rights]) => {
        const verbs = rights.map(({ verb }) => verb);
        const missed = verbs.map((verb) => conveniences[`${verb} ${resource}`]);
        const isNeedless = missed.every((words) => words !== undefined);
        const kind = [resource, rights[0]?.group].filter(Boolean).join(".");
        const what = `you may not ${join(verbs, "or")} ${resource} in the namespace ${namespace}`;
        return {
            level: isNeedless ? "warning" : "error",
            problem: {
                ...place,
                message: isNeedless ? `${what}, so ${[...new Set(missed)].join("; ")}` : what,
                suggestion: `ask for the verb${verbs.length > 1 ? "s" : ""} ${join(verbs, "and")} on ${kind} for ${user}, see docs/role.yaml`,
            },
        };
    });
}

function join(words: readonly string[], conjunction: "and" | "or"): string {
    const [last, ...others] = [...words].reverse();
    return others.length === 0 ? (last ?? "") : `${others.reverse().join(", ")} ${conjunction} ${last ?? ""}`;
}
