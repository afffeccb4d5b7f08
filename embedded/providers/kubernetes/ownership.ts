// Who owns which fields. A create owns its fields as an "Update", of which an apply could never remove one: they move.
import { isMap, type PropertyMap, type PropertyValue } from "../../state/propertyValues.ts";
import { at, isList, text } from "../provider.ts";

/** The name under which Pulumi's provider, and this one, create objects. */
export const creator = "pulumi-kubernetes";

/** The managed fields with the creator's in the name of `manager`; undefined when there is nothing to move. */
export function takenOver(live: PropertyMap, manager: string): readonly PropertyValue[] | undefined {
    const listed = at(live, "metadata", "managedFields");
    const entries = isList(listed) ? listed.filter(isMap) : [];
    const created = entries.find((entry) => entry.operation === "Update" && text(entry, "manager") === creator);
    if (created === undefined) return undefined;
    const applied = entries.find((entry) => entry.operation === "Apply" && entry.manager === manager);
    const fieldsV1 = merged(applied?.fieldsV1 ?? {}, created.fieldsV1 ?? {});
    const others = entries.filter((entry) => entry !== created && entry !== applied);
    return [{ ...created, manager, operation: "Apply", fieldsV1 }, ...others];
}

/** Sets of fields are trees of their paths, so that their union is a merge. */
function merged(one: PropertyValue, other: PropertyValue): PropertyValue {
    if (!isMap(one) || !isMap(other)) return other;
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return Object.fromEntries([...keys].map((key) => [key, merged(one[key] ?? {}, other[key] ?? {})]));
}
