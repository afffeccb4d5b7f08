// URNs: urn:pulumi:<stack>::<project>::<parent types and type, joined by $>::<name>.

export const rootStackType = "pulumi:pulumi:Stack";
const providerPrefix = "pulumi:providers:";

export interface UrnParts {
    readonly stack: string;
    readonly project: string;
    /** The types of all ancestors but the root stack, and the type itself, joined by `$`. */
    readonly qualifiedType: string;
    readonly type: string;
    readonly name: string;
}

export function parseUrn(urn: string): UrnParts {
    const match = /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/s.exec(urn);
    const [, stack, project, qualifiedType, name] = match ?? [];
    if (stack === undefined || project === undefined || qualifiedType === undefined || name === undefined) {
        throw new Error(`${JSON.stringify(urn)} is not a URN`);
    }
    const type = qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1);
    return { stack, project, qualifiedType, type, name };
}

export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
    const parentType = parent === "" ? "" : parseUrn(parent).qualifiedType;
    const qualified = parentType === "" || parentType === rootStackType ? type : `${parentType}$${type}`;
    return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

export const isProviderType = (type: string): boolean => type.startsWith(providerPrefix);
export const providerType = (pkg: string): string => `${providerPrefix}${pkg}`;

/** The package whose provider manages a type: `aws` of `aws:s3/bucket:Bucket`, and of `pulumi:providers:aws`. */
export function packageOf(type: string): string {
    return isProviderType(type) ? type.slice(providerPrefix.length) : type.slice(0, Math.max(0, type.indexOf(":")));
}

/** A reference to one configured provider, as resources keep it: URN and id. */
export interface ProviderReference {
    readonly urn: string;
    readonly id: string;
}

export const formatReference = (reference: ProviderReference): string => `${reference.urn}::${reference.id}`;

export function parseReference(text: string): ProviderReference {
    const separator = text.lastIndexOf("::");
    const urn = text.slice(0, Math.max(0, separator));
    if (!isProviderType(parseUrn(urn).type)) {
        throw new Error(`${JSON.stringify(text)} is not a reference to a provider`);
    }
    return { urn, id: text.slice(separator + 2) };
}

/** Default providers are the engine's own affair: not counted, not shown. */
export function isDefaultProvider(urn: string): boolean {
    const { type, name } = parseUrn(urn);
    return isProviderType(type) && /^default(_|$)/.test(name);
}
