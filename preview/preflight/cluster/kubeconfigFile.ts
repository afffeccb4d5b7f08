// The kubeconfig that the settings mean, read in the way of the program's own connection.
import path from "node:path";
import { type Cluster, type Context, KubeConfig, type User } from "@kubernetes/client-node";
import { ConfigError, type Problem } from "../../../config/errors.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { didYouMean } from "../../../config/similar.ts";
import { placeOfStackKey } from "../../places.ts";
import type { Subject } from "../check.ts";

export interface Kubeconfig {
    /** For messages: the file, or the files of KUBECONFIG. */
    readonly file: string;
    /** Its current context is the experiment's. */
    readonly config: KubeConfig;
    readonly context: Context;
    readonly cluster: Cluster;
    readonly user: User;
    /** Where the experiment trains. */
    readonly namespace: string;
    /** Those that contexts of this cluster name. */
    readonly otherNamespaces: readonly string[];
}

/** Throws a ConfigError that says what is missing, and what there is. */
export function openKubeconfig({ settings, environment, home }: Subject): Kubeconfig {
    const files = (environment.KUBECONFIG ?? "").split(path.delimiter).filter(Boolean);
    if (files.length === 0) {
        files.push(path.join(home, ".kube", "config"));
    }
    const file = files.join(path.delimiter);
    const config = mergeFiles(files);
    const { context: name = "", namespace = "" } = settings.stack.kubernetes ?? {};
    const context = config.getContextObject(name) ?? missingContext(settings, config, name);
    config.setCurrentContext(name);
    const cluster =
        config.getCluster(context.cluster) ?? lacking(file, name, "cluster", context.cluster, config.clusters);
    const user = config.getUser(context.user) ?? lacking(file, name, "user", context.user, config.users);
    const neighbours = config.getContexts().filter((other) => other.cluster === context.cluster);
    const otherNamespaces = neighbours.flatMap((other) => (other.namespace === undefined ? [] : [other.namespace]));
    return { file, config, context, cluster, user, namespace, otherNamespaces };
}

function missingContext(settings: ExperimentSettings, config: KubeConfig, name: string): never {
    const names = config.getContexts().map((known) => known.name);
    throw complaint({
        ...placeOfStackKey(settings.stack, "kubernetes.context"),
        message: `the kubeconfig has no context ${name}; it has ${list(names)}`,
        ...advice(didYouMean(name, names)),
    });
}

/** `wanted` is undefined when the context names none, whatever the library's types say. */
function lacking(
    file: string,
    context: string,
    kind: "cluster" | "user",
    wanted: string | undefined,
    known: readonly { readonly name: string }[],
): never {
    if (wanted === undefined) {
        throw complaint({ file, message: `the context ${context} names no ${kind}` });
    }
    const names = known.map((one) => one.name);
    const message = `the context ${context} names the ${kind} ${wanted}, which is not there; there is ${list(names)}`;
    throw complaint({ file, message, ...advice(didYouMean(wanted, names)) });
}

/** As the library does for KUBECONFIG: a file that is missing, or a name that is there twice, is an error. */
function mergeFiles(files: readonly string[]): KubeConfig {
    const merged = new KubeConfig();
    for (const file of files) {
        const one = new KubeConfig();
        try {
            one.loadFromFile(file);
            merged.mergeConfig(one);
        } catch (error) {
            throw complaint({ file, message: describeFailure(error), ...advice(remedyFor(error)) });
        }
    }
    return merged;
}

/** Never more than the first line: a parser goes on with the text around the mistake, which may hold a token. */
function describeFailure(error: unknown): string {
    if (error instanceof TypeError || !(error instanceof Error)) {
        return "it holds no kubeconfig";
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) {
        return describeFileError(code, "the kubeconfig");
    }
    return `the kubeconfig cannot be read: ${error.message.split("\n", 1).join("")}`;
}

function remedyFor(error: unknown): string | undefined {
    const isMissing = error instanceof Error && (error as NodeJS.ErrnoException).code === "ENOENT";
    return isMissing ? "get one from the people who run the cluster, or set KUBECONFIG" : undefined;
}

/** What a file system's error code means for a file that is named. */
export function describeFileError(code: string, file: string): string {
    const reasons: Readonly<Record<string, string>> = {
        ENOENT: "there is no such file",
        EACCES: "you may not read it",
        EISDIR: "it is a directory",
    };
    return `${file} cannot be read: ${reasons[code] ?? code}`;
}

function list(names: readonly string[]): string {
    return names.join(", ") || "none";
}

function advice(suggestion: string | undefined): Pick<Problem, "suggestion"> {
    return suggestion === undefined ? {} : { suggestion };
}

function complaint(problem: Problem): ConfigError {
    return new ConfigError([problem]);
}
