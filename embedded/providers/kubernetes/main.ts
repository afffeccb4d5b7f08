// The kubernetes provider plugin: objects of any kind, by server-side apply.
import { createRequire } from "node:module";
import { serve } from "../server.ts";
import { Cluster } from "./cluster.ts";
import { kubernetesObject } from "./object.ts";
import { checkSettings, isOn, replacingSettings } from "./settings.ts";

const { version } = createRequire(import.meta.url)("@pulumi/kubernetes/package.json") as { version: string };

let cluster: Cluster | undefined;
let mutable = { secret: false, configMap: false };
let takeOver = false;

const object = kubernetesObject({
    get cluster() {
        if (cluster === undefined) throw new Error("the kubernetes provider is not configured yet");
        return cluster;
    },
    get mutable() {
        return mutable;
    },
    get takeOver() {
        return takeOver;
    },
});

await serve({
    name: "kubernetes",
    version,
    checkConfig: checkSettings,
    replacingConfig: replacingSettings,
    configure: (config) => {
        cluster = new Cluster(config);
        mutable = { secret: isOn(config, "enableSecretMutable"), configMap: isOn(config, "enableConfigMapMutable") };
        takeOver = isOn(config, "enablePatchForce");
    },
    // Helm releases, patches and lists are no plain objects.
    resource: (type) => (/^kubernetes:helm|(Patch|List)$/.test(type) ? undefined : object),
    functions: {},
});
