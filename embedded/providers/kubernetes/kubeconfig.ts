// The kubeconfig that the settings mean. Loaded only when the cluster is needed: its library takes longest to start.
import path from "node:path";
import { type ApiType, type Configuration, KubeConfig } from "@kubernetes/client-node";
import type { PropertyMap } from "../../state/propertyValues.ts";
import { text } from "../provider.ts";

export interface Connection {
    /** Sends requests with the right credentials. */
    readonly configuration: Configuration;
    readonly server: string;
    /** Where objects go that name no namespace. */
    readonly namespace: string;
}

class RawClient implements ApiType {
    readonly configuration: Configuration;

    constructor(configuration: Configuration) {
        this.configuration = configuration;
    }
}

export function connect(config: PropertyMap): Connection {
    const kubeConfig = loadKubeConfig(config);
    const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
    return {
        configuration: kubeConfig.makeApiClient(RawClient).configuration,
        server: kubeConfig.getCurrentCluster()?.server ?? "",
        namespace: context?.namespace ?? "default",
    };
}

export function serverOf(config: PropertyMap): string | undefined {
    try {
        return loadKubeConfig(config).getCurrentCluster()?.server;
    } catch {
        // A kubeconfig that is gone names no server any more.
        return undefined;
    }
}

function loadKubeConfig(config: PropertyMap): KubeConfig {
    const kubeConfig = new KubeConfig();
    try {
        load(kubeConfig, text(config, "kubeconfig"));
    } catch (error) {
        throw new Error(`cannot read the kubeconfig: ${error instanceof Error ? error.message : String(error)}`);
    }
    const context = text(config, "context");
    if (context === "") return kubeConfig;
    if (kubeConfig.getContextObject(context) === null) {
        const names = kubeConfig.getContexts().map(({ name }) => name);
        throw new Error(`the kubeconfig has no context "${context}"; it has ${names.join(", ") || "none"}`);
    }
    kubeConfig.setCurrentContext(context);
    return kubeConfig;
}

/** `given` holds paths, or the contents themselves; without it kubectl's own rules hold. */
function load(kubeConfig: KubeConfig, given: string): void {
    if (given === "") {
        kubeConfig.loadFromDefault();
        return;
    }
    if (/^\s*\{|\n|apiVersion:/.test(given)) {
        kubeConfig.loadFromString(given);
        return;
    }
    for (const file of given.split(path.delimiter).filter(Boolean)) {
        const more = new KubeConfig();
        more.loadFromFile(file);
        // As in kubectl, the first file that names a current context decides.
        kubeConfig.mergeConfig(more, Boolean(kubeConfig.getCurrentContext()));
    }
}
