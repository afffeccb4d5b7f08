// A user with the published Role who may also look at what the checks before a training ask about.

import { atEnd } from "./atEnd.ts";
import { admin, type Namespace } from "./namespace.ts";

/** A kubeconfig for it, as for users of many shared clusters; its rights on the cluster go after the tests. */
export async function addOnlooker(namespace: Namespace): Promise<string> {
    const kubeconfig = `${namespace.kubeconfig}.onlooker`;
    const subject = `--serviceaccount=${namespace.name}:onlooker`;
    const { name } = namespace;
    await namespace.addUser("onlooker", kubeconfig);
    await namespace.kubectl(["create", "rolebinding", "onlooker-view", "--clusterrole=view", subject]);
    const looks = ["--verb=get,list", "--resource=nodes,namespaces,storageclasses.storage.k8s.io"];
    await admin(["create", "clusterrole", name, ...looks]);
    await admin(["create", "clusterrolebinding", name, `--clusterrole=${name}`, subject]);
    atEnd(async () => {
        await admin(["delete", "clusterrolebinding,clusterrole", name]);
    });
    return kubeconfig;
}
