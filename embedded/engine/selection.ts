// Which resources an operation is about: all of them, or those that the user has named, by Pulumi's rules.
import { closest, distance } from "fastest-levenshtein";
import type { ResourceState } from "../state/checkpoint.ts";
import { needsAny, needsOf, withDependents } from "./needs.ts";
import { isProviderType, parseUrn, rootStackType } from "./urn.ts";

/** URNs, or patterns of them: `*` stands for anything but `:`, `**` for anything at all. */
export interface Choice {
    /** Only these are changed. */
    readonly targets?: readonly string[];
    /** Whatever depends on a target is one as well. */
    readonly targetDependents?: boolean;
    /** All but these are changed. */
    readonly excludes?: readonly string[];
    /** Whatever depends on something excluded is so as well. */
    readonly excludeDependents?: boolean;
    /** These are made anew, even when nothing of them has changed. */
    readonly replaces?: readonly string[];
}

class Patterns {
    readonly texts: readonly string[];
    private readonly expressions: readonly RegExp[];

    constructor(texts: readonly string[] = []) {
        this.texts = texts;
        this.expressions = texts.map((text) => {
            const parts = text.split(/(\*{1,2})/).map((part) => wildcards[part] ?? part.replaceAll(special, "\\$&"));
            return new RegExp(`^${parts.join("")}$`, "s");
        });
    }

    get given(): boolean {
        return this.texts.length > 0;
    }

    readonly match = (urn: string): boolean => this.expressions.some((expression) => expression.test(urn));

    /** Those that mean none of the given resources. */
    without(urns: readonly string[]): string[] {
        return this.texts.filter((_, index) => !urns.some((urn) => this.expressions[index]?.test(urn)));
    }
}

const special = /[\\^$.+?()[\]{}|]/g;
const wildcards: Readonly<Record<string, string>> = { "*": "[^:]*", "**": ".*" };

/** Decides resource by resource, in an order in which whatever one needs has been decided before it. */
export class Selection {
    private readonly targets: Patterns;
    private readonly excludes: Patterns;
    private readonly replaced: Patterns;
    private readonly choice: Choice;
    /** What counts as named, so that what depends on it may follow. */
    private readonly named = new Set<string>();

    constructor(choice: Choice) {
        this.choice = choice;
        this.targets = new Patterns(choice.targets);
        this.excludes = new Patterns(choice.excludes);
        this.replaced = new Patterns(choice.replaces);
        if (this.targets.given && this.excludes.given) {
            throw new Error("either targets or excluded resources can be named, not both");
        }
    }

    /** Whether a resource may be changed. The stack itself and providers always may, being only entries of the state. */
    includes(state: ResourceState): boolean {
        const { targetDependents = false, excludeDependents = false } = this.choice;
        const [patterns, follow] = this.targets.given
            ? [this.targets, targetDependents]
            : [this.excludes, excludeDependents];
        if (patterns.match(state.urn) || (follow && needsAny(state, this.named))) {
            this.named.add(state.urn);
        }
        const isEntry = state.type === rootStackType || isProviderType(state.type);
        return isEntry || !patterns.given || this.named.has(state.urn) === this.targets.given;
    }

    replaces(urn: string): boolean {
        return this.replaced.match(urn);
    }

    /**
     * Those of `condemned` that may be deleted. Throws when one would take along what nobody named.
     * @param states - all there are, in the order of the state
     */
    deletable(condemned: readonly ResourceState[], states: readonly ResourceState[]): readonly ResourceState[] {
        if (this.targets.given) {
            const gone = withDependents(states, this.targets.match);
            const deleted = condemned.filter(({ urn }) => gone.has(urn));
            const unnamed = deleted.filter(({ urn }) => !this.targets.match(urn)).map(({ urn }) => `  ${urn}`);
            if (unnamed.length > 0 && !this.choice.targetDependents) {
                throw new Error(
                    `these depend on a target that is to be deleted; name them as targets too, ` +
                        `or include dependents:\n${unnamed.join("\n")}`,
                );
            }
            return deleted;
        }
        const kept = this.choice.excludeDependents ? withDependents(states, this.excludes.match) : new Set<string>();
        for (const state of [...states].reverse()) {
            if (this.excludes.match(state.urn) || kept.has(state.urn)) {
                for (const urn of [state.urn, ...needsOf(state)]) {
                    kept.add(urn);
                }
            }
        }
        return condemned.filter(({ urn }) => !kept.has(urn));
    }

    /** Throws when something is named that is nowhere among `urns`. */
    refuseUnknown(urns: Iterable<string>): void {
        const all = [...urns];
        const unknown = [this.targets, this.excludes, this.replaced].flatMap((patterns) => patterns.without(all));
        if (unknown.length === 0) {
            return;
        }
        const names = all.map((urn) => parseUrn(urn).name);
        throw new Error(unknown.map((text) => `no resource of the stack is ${text}${hintFor(text, names)}`).join("\n"));
    }
}

const farthestTypo = 3;

function hintFor(text: string, names: readonly string[]): string {
    // The URN of whatever has a parent of its own has one.
    if (text.startsWith("urn:") && !text.includes("$")) {
        return " (a shell takes a $ out of what is not in single quotes)";
    }
    const name = text.split("::").at(-1) ?? "";
    const similar = names.length === 0 ? "" : closest(name, names);
    return distance(name, similar) > farthestTypo ? "" : ` (did you mean **::${similar}?)`;
}
