// One Kubernetes object of any kind: created once, then kept by server-side apply under a field manager of its own.
import { containsUnknowns, equal, type PropertyMap } from "../../state/propertyValues.ts";
import { at, type Call, type Failure, type Found, InitFailed, type Resource, text } from "../provider.ts";
import { untilGone, untilReady } from "./await.ts";
import { type Cluster, type Query, Refused, Unreachable } from "./cluster.ts";
import { parseWaitFor } from "./conditions.ts";
import { annotation, inNamespace, isAutonamed, named, normalized, pruned } from "./inputs.ts";
import { creator, takenOver } from "./ownership.ts";
import { describe, explained, idOf, isGone } from "./refusals.ts";
import { type Mutable, replaces } from "./replace.ts";
import { foreseen, inputsOf, managerOf, stateOf, withSecrets } from "./state.ts";

/** What the provider's settings come to. */
export interface World {
    readonly cluster: Cluster;
    readonly mutable: Mutable;
    /** Whether an apply takes fields from other field managers. */
    readonly takeOver: boolean;
}

/** Kinds of which Pulumi does not await the deletion either when they carry pulumi.com/skipAwait. */
const skipDeletion = /^(Namespace|Pod|ReplicationController|DaemonSet|Deployment|StatefulSet|Job)$/;

export function kubernetesObject(world: World): Resource {
    /** From here on the object exists, so that a failure leaves it in the state. */
    const ready = async (
        call: Call,
        inputs: PropertyMap,
        first: PropertyMap,
        manager: string,
    ): Promise<PropertyMap> => {
        let live = first;
        try {
            await untilReady(world.cluster, first, call, (seen) => {
                live = seen;
            });
        } catch (cause) {
            const error = explained(cause, "read", live);
            const message = `${describe(live)} exists, but ${error instanceof Error ? error.message : String(error)}`;
            throw new InitFailed(message, { id: idOf(live), state: stateOf(inputs, live, manager) }, error);
        }
        return stateOf(inputs, live, manager);
    };

    /** What a creation has made whose end nobody heard of: one of Pulumi's, with all that it was given. */
    const made = async (call: Call, given: PropertyMap): Promise<Found | undefined> => {
        const inputs = { ...kindOf(call), ...given };
        try {
            const live = await world.cluster.get(inputs);
            if (takenOver(live, creator) === undefined || !equal(pruned(live, inputs) ?? {}, inputs)) return undefined;
            const state = stateOf(inputs, live, managerOf({}, inputs));
            return { id: idOf(live), state, inputs: withSecrets(inputs) };
        } catch (error) {
            if (isGone(error)) return undefined;
            throw explained(error, "read", inputs);
        }
    };

    return {
        check: async (call, news, olds, uniqueName) => {
            const object = named(normalized({ ...kindOf(call), ...news }), olds, uniqueName);
            // What had a namespace has one, so that an update with nothing to do needs no cluster.
            const had = text(olds, "metadata", "namespace") !== "" && olds.kind === object.kind;
            const namespaced = had || (await world.cluster.isNamespaced(object));
            const inputs = namespaced ? inNamespace(object, await world.cluster.namespace()) : object;
            return { inputs: withSecrets(inputs), failures: problemsOf(inputs) };
        },
        replaces: (path, news) => replaces(path, news, world.mutable),
        // A name that the program gave cannot be had twice.
        deleteBeforeReplace: (olds, news) => !isAutonamed(news) && idOf(olds) === idOf(news),

        create: async (call, inputs) => {
            if (call.preview && containsUnknowns(inputs)) return { id: "", state: inputs };
            const manager = managerOf({}, inputs);
            try {
                const live = await world.cluster.create(inputs, { fieldManager: creator, ...dryRun(call) });
                if (call.preview) return { id: "", state: stateOf(inputs, foreseen(live), manager) };
                return { id: idOf(live), state: await ready(call, inputs, live, manager) };
            } catch (error) {
                if (call.preview && isBlind(error, call)) return { id: "", state: inputs };
                throw explained(error, "create", inputs);
            }
        },
        update: async (call, _id, state, inputs) => {
            if (call.preview && containsUnknowns(inputs)) return inputs;
            const manager = managerOf(state, inputs);
            try {
                const live = await world.cluster.get(inputs);
                const managedFields = takenOver(live, manager);
                if (managedFields !== undefined && !call.preview) {
                    const resourceVersion = text(live, "metadata", "resourceVersion");
                    await world.cluster.merge(inputs, { metadata: { managedFields, resourceVersion } });
                }
                const forced = world.takeOver || annotation(inputs, "pulumi.com/patchForce") === "true";
                // A preview moves no ownership, so that its dry run would meet a conflict with ourselves.
                const force = String(forced || (call.preview && managedFields !== undefined));
                const applied = await world.cluster.apply(inputs, { fieldManager: manager, force, ...dryRun(call) });
                return call.preview ? stateOf(inputs, applied, manager) : await ready(call, inputs, applied, manager);
            } catch (error) {
                if (call.preview && isBlind(error, call)) return inputs;
                throw explained(error, "update", inputs);
            }
        },
        read: async (call, id, state, inputs) => {
            if (id === "") return await made(call, inputs);
            const [name = "", namespace = ""] = id.split("/").reverse();
            const object = { ...kindOf(call), ...state, ...inputs, metadata: { name, namespace } };
            try {
                const live = await world.cluster.get(object);
                const imported = Object.keys(inputs).length === 0;
                const found = imported ? inputsOf(live) : (pruned(live, inputs) as PropertyMap);
                return { state: stateOf(found, live, managerOf(state, found)), inputs: withSecrets(found) };
            } catch (error) {
                if (isGone(error)) return undefined;
                throw explained(error, "read", object);
            }
        },
        delete: async (call, _id, state) => {
            const uid = text(state, "metadata", "uid");
            try {
                await world.cluster.delete(state, {
                    propagationPolicy: propagationOf(state),
                    // An object that somebody made anew under this name stays.
                    ...(uid !== "" && { preconditions: { uid } }),
                });
                const skipped =
                    annotation(state, "pulumi.com/skipAwait") === "true" && skipDeletion.test(text(state, "kind"));
                if (!skipped) await untilGone(world.cluster, state, call);
            } catch (error) {
                if (isGone(error)) return;
                if (!(error instanceof Refused && error.code === 409)) throw explained(error, "delete", state);
                call.log("warning", `${describe(state)} is another one by now, which stays: ${error.message}`);
            }
        },
    };
}

function problemsOf(inputs: PropertyMap): readonly Failure[] {
    const problems: Failure[] = [];
    if (at(inputs, "metadata", "generateName") !== undefined) {
        problems.push({ property: "metadata.generateName", reason: "leave it out, and the object gets a unique name" });
    }
    const waitFor = annotation(inputs, "pulumi.com/waitFor");
    try {
        if (waitFor !== "" && !containsUnknowns(waitFor)) parseWaitFor(waitFor);
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        problems.push({ property: 'metadata.annotations["pulumi.com/waitFor"]', reason });
    }
    return problems;
}

function dryRun(call: Call): Query {
    return call.preview ? { dryRun: "All" } : {};
}

function propagationOf(object: PropertyMap): string {
    const asked = annotation(object, "pulumi.com/deletionPropagationPolicy").toLowerCase();
    return ["Orphan", "Background"].find((policy) => policy.toLowerCase() === asked) ?? "Foreground";
}

/** Whether a preview has to make do with the program's inputs, as the cluster cannot say what it would do. */
function isBlind(error: unknown, call: Call): boolean {
    if (error instanceof Unreachable) call.log("warning", `${error.message}; the preview goes by the program alone`);
    if (error instanceof Unreachable || isGone(error)) return true;
    return error instanceof Refused && (error.code === 403 || error.reason === "AlreadyExists");
}

/** `kubernetes:batch/v1:Job` names the version and the kind. */
function kindOf(call: Call): { readonly apiVersion: string; readonly kind: string } {
    const [, version = "", kind = ""] = call.type.split(":");
    return { apiVersion: version.replace(/^core\//, ""), kind };
}
