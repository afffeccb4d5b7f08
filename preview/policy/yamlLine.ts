// Where in a yaml file a value is, for messages about it.
import { type Document, isMap, isNode, isScalar, isSeq, type Node } from "yaml";

/** Offset of the key or item that a path leads to, or of the last part of the path that is there. */
export function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
    let node: unknown = document.contents;
    let offset = 0;
    for (const key of path) {
        const [start, value] = entryOf(node, key) ?? [];
        if (!isNode(start) || !start.range) {
            break;
        }
        [offset] = start.range;
        node = value;
    }
    return offset;
}

/** What begins the entry, and its value. */
function entryOf(node: unknown, key: string | number): [Node, unknown] | undefined {
    if (isSeq(node)) {
        const item = node.items[Number(key)];
        return isNode(item) ? [item, item] : undefined;
    }
    const pair = isMap(node) ? node.items.find((one) => isScalar(one.key) && String(one.key.value) === key) : undefined;
    return isScalar(pair?.key) ? [pair.key, pair.value] : undefined;
}
