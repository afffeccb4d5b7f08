// What the state keeps of an object: the live one, beside it the inputs that made it, and who manages its fields.
import { randomBytes } from "node:crypto";
import { isMap, type PropertyMap, secret, unknownValue } from "../../state/propertyValues.ts";
import { text } from "../provider.ts";
import { annotation } from "./inputs.ts";
import { creator } from "./ownership.ts";

/** A dry run makes these up; the real create decides them. */
export function foreseen(live: PropertyMap): PropertyMap {
    const { status: _, ...rest } = live;
    const decided = { uid: unknownValue, resourceVersion: unknownValue, creationTimestamp: unknownValue };
    return { ...rest, metadata: { ...metadataOf(live), ...decided } };
}

/** The state in the form of Pulumi's own provider: the live object, and beside it the inputs that made it. */
export function stateOf(inputs: PropertyMap, live: PropertyMap, manager: string): PropertyMap {
    const { managedFields: _, ...metadata } = metadataOf(live);
    const own = {
        __fieldManager: manager,
        __initialApiVersion: text(live, "apiVersion"),
        __inputs: withSecrets(inputs),
    };
    return { ...withSecrets(live), metadata, ...own };
}

/** The data of a Secret is secret, whoever says what of it. */
export function withSecrets(object: PropertyMap): PropertyMap {
    if (object.kind !== "Secret") return object;
    const sealed = Object.entries(object).map(([key, value]) => {
        return [key, key === "data" || key === "stringData" ? secret(value) : value] as const;
    });
    return Object.fromEntries(sealed);
}

function metadataOf(object: PropertyMap): PropertyMap {
    return isMap(object.metadata) ? object.metadata : {};
}

export function managerOf(state: PropertyMap, inputs: PropertyMap): string {
    const kept = annotation(inputs, "pulumi.com/patchFieldManager") || text(state, "__fieldManager");
    return kept || `${creator}-${randomBytes(4).toString("hex")}`;
}

/** The inputs that would have made an object: without what the cluster fills in. */
export function inputsOf(live: PropertyMap): PropertyMap {
    const { status: _, ...rest } = live;
    const names = ["name", "namespace", "labels", "annotations"];
    const metadata = Object.entries(metadataOf(live)).filter(([key]) => names.includes(key));
    return { ...rest, metadata: Object.fromEntries(metadata) };
}
