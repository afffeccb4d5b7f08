// The provider's settings as @pulumi/kubernetes sends them.
import type { PropertyMap } from "../../state/propertyValues.ts";
import { type Failure, unsupported } from "../provider.ts";

const known = [
    "kubeconfig",
    "context",
    "namespace",
    "clusterIdentifier",
    "enableServerSideApply",
    "enableSecretMutable",
    "enableConfigMapMutable",
    "enablePatchForce",
    "suppressDeprecationWarnings",
    "suppressHelmHookWarnings",
    "version",
];

export function checkSettings(config: PropertyMap): readonly Failure[] {
    const failures = unsupported(config, known, "the embedded kubernetes provider");
    if (config.enableServerSideApply !== "false" && config.enableServerSideApply !== false) return failures;
    return [...failures, { property: "enableServerSideApply", reason: "there is no other way here: leave it on" }];
}

/** Booleans arrive as JSON in a text. */
export function isOn(config: PropertyMap, key: string): boolean {
    return config[key] === true || config[key] === "true";
}

/** An identifier says whether it is the same cluster; without one its address does. */
export async function replacingSettings(olds: PropertyMap, news: PropertyMap): Promise<readonly string[]> {
    if (olds.clusterIdentifier !== news.clusterIdentifier) return ["clusterIdentifier"];
    const changed = ["kubeconfig", "context"].filter((key) => olds[key] !== news[key]);
    if (news.clusterIdentifier !== undefined || changed.length === 0) return [];
    const { serverOf } = await import("./kubeconfig.ts");
    return serverOf(olds) === serverOf(news) ? [] : changed;
}
