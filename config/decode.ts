// Bytes of a configuration file -> its text.

/** Without a byte order mark; undefined when it is not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        return undefined;
    }
}
