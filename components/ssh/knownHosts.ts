// Finds the host keys of one server in a known_hosts file: https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT
import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * The lines that name the server (`host`, or `[host]:port`), rewritten to name nothing else: a pod need not learn which
 * other machines the user knows. Empty when the server is unknown.
 */
export function findHostKeys(text: string, name: string): string[] {
    return text.split(/\r?\n/).flatMap((line) => {
        const fields = line.trim().split(/\s+/);
        const marker = fields[0]?.startsWith("@") ? fields.shift() : undefined;
        const [hosts, type, key] = fields;
        if (hosts === undefined || hosts.startsWith("#") || type === undefined || key === undefined) {
            return [];
        }
        return matchesHost(hosts, name) ? [[marker, name, type, key].filter(Boolean).join(" ")] : [];
    });
}

function matchesHost(hosts: string, name: string): boolean {
    const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts);
    if (hashed?.[1] !== undefined && hashed[2] !== undefined) {
        const expected = Buffer.from(hashed[2], "base64");
        const actual = createHmac("sha1", Buffer.from(hashed[1], "base64")).update(name.toLowerCase()).digest();
        return actual.length === expected.length && timingSafeEqual(actual, expected);
    }
    const patterns = hosts.toLowerCase().split(",");
    const matches = (pattern: string) => patternToRegExp(pattern).test(name.toLowerCase());
    const refused = patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)));
    return !refused && patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern));
}

function patternToRegExp(pattern: string): RegExp {
    const escaped = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return new RegExp(`^${escaped}$`);
}
