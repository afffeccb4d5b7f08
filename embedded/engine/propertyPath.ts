// Paths into property values: a.b[0]["c.d"], with * for any part.
import { isSecret, own, type PropertyValue } from "../state/propertyValues.ts";

export type PropertyPath = readonly (string | number)[];

/** `a.b[0]["c.d"]` to its parts; undefined when it is not a path. */
export function parsePath(text: string): PropertyPath | undefined {
    const parts: (string | number)[] = [];
    const token = /\.?([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]/y;
    while (token.lastIndex < text.length) {
        const match = token.exec(text);
        if (!match) {
            return undefined;
        }
        const [, name, index, quoted, wildcard] = match;
        parts.push(index === undefined ? (name ?? wildcard ?? (quoted ?? "").replace(/\\(.)/g, "$1")) : Number(index));
    }
    return parts;
}

export function formatPath(path: PropertyPath): string {
    return path
        .map((part, index) => {
            if (typeof part === "number") {
                return `[${part}]`;
            }
            const plain = /^[A-Za-z_$][\w$]*$/.test(part) || (index === 0 && !/[.[\]"]/.test(part));
            return plain ? `${index === 0 ? "" : "."}${part}` : `["${part.replace(/["\\]/g, "\\$&")}"]`;
        })
        .join("");
}

/** Whether a path names the other one or something around it; `*` stands for any part. */
export function contains(outer: PropertyPath, inner: PropertyPath): boolean {
    return outer.length <= inner.length && outer.every((part, index) => part === "*" || part === inner[index]);
}

export function valueAt(value: PropertyValue | undefined, path: PropertyPath): PropertyValue | undefined {
    let current = value;
    for (const part of path) {
        const open = isSecret(current) ? current.value : current;
        if (typeof open !== "object" || open === null) {
            return undefined;
        }
        current = own(open as Readonly<Record<string, PropertyValue>>, String(part));
    }
    return current;
}
