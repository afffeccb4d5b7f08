// A list that may be long, in a message.

/** `a, b, c and 4 more`. */
export function nameFirst(names: readonly string[], most = 3): string {
    const more = names.length - most;
    return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
