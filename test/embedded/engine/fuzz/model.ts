// A program that is edited at random: what there is in it, and what an edit makes of it.
import { makeUrn } from "../../../../embedded/engine/urn.ts";
import { type Declaration, type Input, types } from "../laboratory/program.ts";

export interface Node {
    name: string;
    readonly is: "thing" | "component" | "provider";
    text: number;
    kind: number;
    hidden: boolean;
    /** Deleted before its replacement is made, because the two cannot exist side by side. */
    readonly slot: boolean;
    parent: string | undefined;
    provider: string | undefined;
    references: string[];
    /** References whose change replaces this one. */
    hardReferences: string[];
    dependsOn: string[];
    aliases: string[];
    options: { protect: boolean; retainOnDelete: boolean; ignoreChanges: boolean; replaceOnChanges: boolean };
}

export const editNames = [
    "add",
    "remove",
    "revive",
    "text",
    "kind",
    "hidden",
    "reference",
    "hardReference",
    "dependsOn",
    "unlink",
    "rename",
    "move",
    "provider",
    "protect",
    "retainOnDelete",
    "ignoreChanges",
    "replaceOnChanges",
] as const;

export interface Edit {
    readonly what: (typeof editNames)[number];
    readonly which: number;
    readonly other: number;
}

const root = makeUrn("test", "lab", "", types.stack, "lab-test");

/** Nodes stand behind what they use, as in a program that runs from top to bottom. */
export class Model {
    readonly nodes: Node[] = [];
    private readonly removed: Node[] = [];
    private count = 0;

    apply({ what, which, other }: Edit): void {
        if (what === "add") this.add(which, other);
        else if (what === "revive") this.revive(which);
        else this.change(what, which, other);
    }

    private change(what: Exclude<Edit["what"], "add" | "revive">, which: number, other: number): void {
        const node = this.nodes[which % Math.max(1, this.nodes.length)];
        if (node === undefined) return;
        const before = this.nodes.slice(0, this.nodes.indexOf(node));
        const pick = (is: Node["is"]): string | undefined => {
            const candidates = before.filter((candidate) => candidate.is === is);
            return candidates[other % Math.max(1, candidates.length)]?.name;
        };
        const link = (list: string[]): void => {
            const name = pick("thing");
            if (name !== undefined && node.is === "thing" && !list.includes(name)) list.push(name);
        };
        switch (what) {
            case "remove":
                this.remove(node);
                return;
            case "text":
                node.text = other % 4;
                return;
            case "kind":
                node.kind = other % 3;
                return;
            case "hidden":
                node.hidden = !node.hidden;
                return;
            case "reference":
                link(node.references);
                return;
            case "hardReference":
                link(node.hardReferences);
                return;
            case "dependsOn":
                link(node.dependsOn);
                return;
            case "unlink":
                node.references.pop();
                node.hardReferences.pop();
                node.dependsOn.pop();
                return;
            case "rename":
                this.withAliases(() => {
                    this.renameAll(node, `n${this.count++}`);
                });
                return;
            case "move":
                this.withAliases(() => {
                    node.parent = other % 3 === 0 ? undefined : pick("component");
                });
                return;
            case "provider":
                if (node.is === "thing") node.provider = other % 3 === 0 ? undefined : pick("provider");
                return;
            default:
                node.options[what] = !node.options[what];
        }
    }

    /** The URN of a node, as the program has it now. */
    urnOf(node: Node): string {
        const parent = this.nodes.find(({ name }) => name === node.parent);
        return makeUrn("test", "lab", parent ? this.urnOf(parent) : root, types[node.is], node.name);
    }

    /** Whether the program has a user, under any name it has borne, that no longer refers to what it was made from. */
    hasFreed(user: string, used: string): boolean {
        const named = (urn: string): Node[] =>
            this.nodes.filter((node) => this.urnOf(node) === urn || node.aliases.includes(urn));
        const names = new Set(named(used).map(({ name }) => name));
        const users = named(user);
        return users.length > 0 && users.every(({ hardReferences }) => !hardReferences.some((name) => names.has(name)));
    }

    declarations(): Declaration[] {
        return this.nodes.map((node) => {
            const { name, is, parent, provider, aliases, options } = node;
            const common = {
                name,
                is,
                aliases,
                protect: options.protect,
                ...(parent === undefined ? {} : { parent }),
            };
            if (is === "component") return { ...common, outputs: { text: `of ${node.text}` } };
            if (is === "provider") return { ...common, inputs: { text: `t${node.text}`, kind: `k${node.kind}` } };
            const text: Input = node.hidden ? { hidden: secretOf(node) } : `t${node.text}`;
            const inputs: Record<string, Input> = { text, kind: `k${node.kind}` };
            if (node.slot) inputs.slot = `slot of ${this.nodes.indexOf(node)} ${name}`;
            for (const [index, of] of node.references.entries()) inputs[`from${index}`] = { of, output: "serial" };
            for (const [index, of] of node.hardReferences.entries()) inputs[`kind${index}`] = { of, output: "serial" };
            return {
                ...common,
                inputs,
                // A change of provider is no question to the provider, so the program has to say it too.
                ...(node.slot ? { deleteBeforeReplace: true } : {}),
                dependsOn: node.dependsOn,
                retainOnDelete: options.retainOnDelete,
                ignoreChanges: options.ignoreChanges ? ["text"] : [],
                replaceOnChanges: options.replaceOnChanges ? ["text"] : [],
                ...(provider === undefined ? {} : { provider }),
            };
        });
    }

    private add(which: number, other: number): void {
        const is = (["thing", "thing", "thing", "thing", "component", "provider"] as const)[which % 6] ?? "thing";
        const components = this.nodes.filter((node) => node.is === "component");
        const parent = is === "provider" ? undefined : components[other % (components.length + 1)]?.name;
        this.nodes.push({
            name: `n${this.count++}`,
            is,
            text: other % 4,
            kind: 0,
            hidden: other % 5 === 0,
            slot: other % 4 === 1,
            parent,
            provider: undefined,
            references: [],
            hardReferences: [],
            dependsOn: [],
            aliases: [],
            options: { protect: false, retainOnDelete: false, ignoreChanges: false, replaceOnChanges: false },
        });
        for (const what of ["reference", "hardReference", "provider"] as const) {
            if ((which + other) % 3 > 0) this.apply({ what, which: this.nodes.length - 1, other });
        }
    }

    private remove(node: Node): void {
        for (const child of this.nodes.filter(({ parent }) => parent === node.name)) this.remove(child);
        this.nodes.splice(this.nodes.indexOf(node), 1);
        this.removed.push({ ...node, parent: undefined, provider: undefined, aliases: [] });
        for (const other of this.nodes) {
            for (const key of ["references", "hardReferences", "dependsOn"] as const) {
                other[key] = other[key].filter((name) => name !== node.name);
            }
            if (other.provider === node.name) other.provider = undefined;
        }
    }

    /** What was removed comes back under its name, at the end of the program. */
    private revive(which: number): void {
        const [node] = this.removed.splice(which % Math.max(1, this.removed.length), 1);
        if (node === undefined) return;
        this.nodes.push({ ...node, references: [], hardReferences: [], dependsOn: [] });
    }

    private renameAll(node: Node, name: string): void {
        const old = node.name;
        const named = (one: string): string => (one === old ? name : one);
        node.name = name;
        for (const other of this.nodes) {
            for (const key of ["references", "hardReferences", "dependsOn"] as const)
                other[key] = other[key].map(named);
            if (other.parent === old) other.parent = name;
            if (other.provider === old) other.provider = name;
        }
    }

    /** Changes URNs, and declares the former ones as aliases. */
    private withAliases(action: () => void): void {
        const before = new Map(this.nodes.map((one) => [one, this.urnOf(one)]));
        action();
        for (const [one, urn] of before) {
            const now = this.urnOf(one);
            one.aliases = [...one.aliases, urn].filter((alias) => alias !== now);
            if (now === urn) one.aliases = one.aliases.filter((alias) => alias !== urn);
        }
    }
}

/** Every secret of the model, so that a leak of one is found as text. */
export const secrets = /hush-hush-\w+-\d\b/g;
const secretOf = ({ name, text }: Node): string => `hush-hush-${name}-${text}`;
