// The stack's config file of a new experiment, and the renewal of an existing one.
import { stringify } from "yaml";
import { type StackConfigName, stackConfigKeys } from "../../config/stackKeys.ts";
import { projectName } from "../project.ts";
import type { StackFile } from "../stackFile.ts";
import type { CurrentCluster } from "./kubeconfig.ts";

export interface NewStack {
    readonly name: string;
    readonly directory: string;
    /** Those of run.sh, and what else the experiment takes from the environment. */
    readonly variables: Readonly<Record<string, string>>;
    /** Undefined when training is local. */
    readonly cluster?: CurrentCluster;
    /** Weights were copied into the run dir and stand for the training. */
    readonly adoptExisting: boolean;
    /** What else is not as in a new stack. @default nothing */
    readonly values?: StackValues;
}

export type StackValues = Partial<Record<StackConfigName, unknown>>;

/** How a key looks that is not set; the others are shown with their default. */
const examples: StackValues = {
    config: "sandbox.cfg",
    settings: { luigi_Train: { request_gpus: 4 } },
    law: ["uv", "run", "--project", "/path/to/aframe", "law"],
    kubernetes: { context: "nautilus", namespace: "my-namespace" },
    volume: { storageClassName: "rook-cephfs", size: "500Gi" },
    podTemplatePatch: { spec: { priorityClassName: "opportunistic" } },
    artifacts: "retain",
    createBucket: false,
    wait: true,
    adoptExisting: false,
    preflight: true,
    policy: "warn",
    policyProfile: "nautilus",
};

export function renderStackFile(stack: NewStack): string {
    const { cluster } = stack;
    const values: StackValues = {
        directory: stack.directory,
        environment: stack.variables,
        workers: 5,
        gpus: "0",
        dev: false,
        ...(cluster && "context" in cluster && { kubernetes: cluster }),
        ...(stack.adoptExisting && { adoptExisting: true }),
        ...stack.values,
    };
    const secrets = stackConfigKeys.filter((key) => "secret" in key).map(({ name }) => name);
    return [
        `# Experiment ${stack.name}: what \`aframe up\` and \`pulumi up\` read. README.md beside this file tells more.`,
        `# Secrets (${secrets.join(", ")}) are set with: bin/aframe config set --secret NAME`,
        "config:",
        ...stackConfigKeys
            .filter((key) => !("secret" in key))
            .flatMap(({ name, meaning }) => [
                "",
                `  # ${meaning}`,
                ...(name === "kubernetes" && cluster && "missing" in cluster
                    ? [`  # not filled in: ${cluster.missing}`]
                    : []),
                ...renderKey(name, values[name], examples[name]),
            ]),
        "",
    ].join("\n");
}

/** The key with its value, else with the example, as a comment. */
function renderKey(name: StackConfigName, value: unknown, example: unknown): string[] {
    const shown = stringify({ [`${projectName}:${name}`]: value ?? example }, { lineWidth: 0 }).trimEnd();
    return shown.split("\n").map((line) => `  ${value === undefined ? "# " : ""}${line}`);
}

/** What aframe-init decides, set in a file that exists already; everything else in it stays, secrets above all. */
export function renewStackFile(file: StackFile, stack: NewStack): void {
    file.set(["directory"], stack.directory);
    for (const [name, value] of Object.entries(stack.variables)) file.set(["environment", name], value);
    if (stack.cluster && "context" in stack.cluster && file.config.kubernetes === undefined) {
        file.set(["kubernetes", "context"], stack.cluster.context);
        file.set(["kubernetes", "namespace"], stack.cluster.namespace);
    }
    if (stack.adoptExisting) file.set(["adoptExisting"], true);
}
