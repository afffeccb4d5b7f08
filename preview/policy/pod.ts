// The parts of a pod template that rules look at.
import * as v from "valibot";
import { ConfigError } from "../../config/errors.ts";
import { parseQuantity } from "./quantity.ts";
import { describeIssue } from "./schemaIssue.ts";

const texts = v.nullish(v.array(v.string("a text"), "a list"), []);

/** Numbers too, which YAML makes of `cpu: 4`. */
export const quantity = v.pipe(
    v.union([v.string(), v.number()], "a quantity such as 50Gi"),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const parsed = parseQuantity(dataset.value);
        if (parsed === undefined) {
            addIssue({ message: "a quantity such as 50Gi" });
            return NEVER;
        }
        return parsed;
    }),
);

const amounts = v.nullish(v.record(v.string(), quantity, "names and quantities"), {});

const container = v.object({
    name: v.string("a text"),
    image: v.nullish(v.string("a text"), ""),
    command: texts,
    args: texts,
    resources: v.nullish(v.object({ requests: amounts, limits: amounts }), {}),
    ports: v.nullish(v.array(v.object({ hostPort: v.nullish(v.number("a number")) }), "a list"), []),
    securityContext: v.nullish(
        v.object({
            privileged: v.nullish(v.boolean("true or false")),
            capabilities: v.nullish(v.object({ add: texts }), {}),
        }),
        {},
    ),
    volumeMounts: v.nullish(v.array(v.object({ name: v.string("a text") }), "a list"), []),
});

const volume = v.object({
    name: v.string("a text"),
    emptyDir: v.nullish(v.object({ medium: v.nullish(v.string("a text")), sizeLimit: v.nullish(quantity) })),
    hostPath: v.nullish(v.object({ path: v.string("a text") })),
});

const toleration = v.object({
    key: v.nullish(v.string("a text")),
    operator: v.nullish(v.string("a text"), "Equal"),
    value: v.nullish(v.string("a text")),
});

const flag = v.nullish(v.boolean("true or false"), false);

const pod = v.object({
    initContainers: v.nullish(v.array(container, "a list"), []),
    containers: v.array(container, "a list"),
    volumes: v.nullish(v.array(volume, "a list"), []),
    tolerations: v.nullish(v.array(toleration, "a list"), []),
    nodeName: v.nullish(v.string("a text")),
    priorityClassName: v.nullish(v.string("a text")),
    hostNetwork: flag,
    hostPID: flag,
    hostIPC: flag,
});

export type Pod = v.InferOutput<typeof pod>;
export type Container = Pod["containers"][number];

const template = v.object({ spec: pod });

/** Throws a ConfigError when it is no pod template: a patch may have put anything anywhere. */
export function readPod(given: unknown): Pod {
    const result = v.safeParse(template, given);
    if (result.success) {
        return result.output.spec;
    }
    throw new ConfigError(
        result.issues.map((issue) => {
            const { message, ...advice } = describeIssue(issue);
            return { message: `${v.getDotPath(issue) ?? "the template"}: ${message}`, ...advice };
        }),
    );
}

/** All containers, in the order in which they start. */
export function containersOf({ initContainers, containers }: Pod): Container[] {
    return [...initContainers, ...containers];
}

/** GPUs of any kind: `nvidia.com/gpu`, `nvidia.com/a100`. */
export function gpusOf({ resources }: Container): number {
    const gpus = Object.entries(resources.limits).filter(([name]) => name.startsWith("nvidia.com/"));
    return gpus.reduce((sum, [, { value }]) => sum + value, 0);
}
