// What a program asks for when it registers a resource.
import type { Timeouts } from "../state/checkpoint.ts";
import type { PropertyMap } from "../state/propertyValues.ts";
import { makeUrn, parseUrn, rootStackType } from "./urn.ts";

/** A former name of a resource: its whole URN, or the parts that were different. */
export interface Alias {
    readonly urn?: string;
    readonly name?: string;
    readonly type?: string;
    readonly stack?: string;
    readonly project?: string;
    readonly parent?: string;
    readonly noParent?: boolean;
}

export interface Goal {
    readonly type: string;
    readonly name: string;
    readonly custom: boolean;
    readonly parent: string;
    readonly inputs: PropertyMap;
    readonly protect?: boolean | undefined;
    readonly retainOnDelete?: boolean | undefined;
    readonly dependencies: readonly string[];
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
    /** Reference to the provider, if the program chose one. */
    readonly provider: string;
    /** References by package, for the children of a component. */
    readonly providers: Readonly<Record<string, string>>;
    /** Of the provider's plugin. */
    readonly version: string;
    readonly deleteBeforeReplace?: boolean | undefined;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
    readonly additionalSecretOutputs: readonly string[];
    readonly aliases: readonly Alias[];
    readonly customTimeouts: Timeouts;
}

export interface Names {
    readonly stack: string;
    readonly project: string;
    /** URNs under which resources of this operation were known before, by their URN of now. */
    readonly former: ReadonlyMap<string, string>;
}

function urnOfAlias(goal: Goal, alias: Alias, names: Names): string {
    if (alias.urn) {
        return alias.urn;
    }
    let parent = alias.parent ? (names.former.get(alias.parent) ?? alias.parent) : goal.parent;
    if (alias.noParent || (parent !== "" && parseUrn(parent).qualifiedType === rootStackType)) {
        parent = "";
    }
    const [stack, project] = [alias.stack || names.stack, alias.project || names.project];
    return makeUrn(stack, project, parent, alias.type || goal.type, alias.name || goal.name);
}

/** The former URN of a child whose parent was called otherwise; a name that begins with the parent's follows it. */
function inherited(type: string, name: string, parent: string, formerParent: string, names: Names): string {
    const [now, before] = [parseUrn(parent).name, parseUrn(formerParent).name];
    const formerName = name.startsWith(now) ? before + name.slice(now.length) : name;
    return makeUrn(names.stack, names.project, formerParent, type, formerName);
}

/** Every URN that a resource may have had before, in the order in which they are tried. */
export function formerUrns(goal: Goal, names: Names): string[] {
    const own = goal.aliases.map((alias) => urnOfAlias(goal, alias, names));
    const formerParent = names.former.get(goal.parent);
    if (formerParent === undefined) {
        return own;
    }
    const children = own.map((urn) => {
        const { type, name } = parseUrn(urn);
        return inherited(type, name, goal.parent, formerParent, names);
    });
    return [...own, inherited(goal.type, goal.name, goal.parent, formerParent, names), ...children];
}
