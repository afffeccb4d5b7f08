// Whether a state holds together: what Pulumi, too, asks of a state before it works with it.

interface Linked {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly delete?: boolean;
    readonly parent?: string;
    readonly provider?: string;
    readonly dependencies?: readonly string[];
}

/** Says what is wrong, if something is: two resources of one URN, or a resource ahead of one that it names. */
export function findDamage(resources: unknown): string | undefined {
    if (!Array.isArray(resources)) {
        return '"resources" is no list';
    }
    const urns = new Set<string>();
    const providers = new Set<string>();
    for (const [index, resource] of (resources as readonly (Partial<Linked> | null)[]).entries()) {
        if (typeof resource?.urn !== "string" || typeof resource.type !== "string") {
            return `resource ${index + 1} has no urn or no type`;
        }
        const { urn, id, parent, provider, dependencies = [] } = resource;
        if (urns.has(urn) && !resource.delete) {
            return `there are two of ${urn}`;
        }
        const missing = [...(parent ? [parent] : []), ...dependencies].find((other) => !urns.has(other));
        if (missing !== undefined) {
            return `${urn} names ${missing}, which does not stand before it`;
        }
        if (provider && !providers.has(provider)) {
            return `${urn} names the provider ${provider}, which does not stand before it`;
        }
        urns.add(urn);
        providers.add(`${urn}::${id ?? ""}`);
    }
    return undefined;
}
