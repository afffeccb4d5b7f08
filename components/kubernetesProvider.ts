// The connection to the cluster where training runs.
import { Provider } from "@pulumi/kubernetes/provider.js";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Names the context instead of copying the kubeconfig: refreshed tokens would show as a change, and land in the state.
 * Nor is its path kept, which the SDK takes from KUBECONFIG by default: a destroy would look for it there for ever.
 * `clusterIdentifier` keeps the provider from guessing that the cluster changed, which would replace all it holds.
 * Rotated credentials and edited scripts are updated in place, so they never replace (and restart) the Job.
 */
export function createKubernetesProvider(
    name: string,
    target: { readonly context: string; readonly namespace: string },
    opts: pulumi.ResourceOptions,
): Provider {
    return new Provider(
        name,
        {
            kubeconfig: "",
            context: target.context,
            namespace: target.namespace,
            clusterIdentifier: target.context,
            enableSecretMutable: true,
            enableConfigMapMutable: true,
        },
        opts,
    );
}
