// What the state is at each moment of an operation: the old resources that are not yet dealt with, and the new ones.
//
// New resources are listed in the order in which their steps ended, old ones behind them: so whatever a resource
// depends on stands before it, which is what readers of a state rely on.
import type { OperationType, PendingOperation, ResourceState, Snapshot } from "../state/checkpoint.ts";
import { relinked, withDependents } from "./needs.ts";
import { formatReference, isProviderType, parseReference } from "./urn.ts";

/** What a step changes in the list. */
export interface Change {
    readonly remove?: ResourceState | undefined;
    readonly add?: ResourceState | undefined;
}

export class Journal {
    base: Snapshot;
    private readonly save: (snapshot: Snapshot) => Promise<void>;
    private readonly done = new Set<ResourceState>();
    private readonly added: ResourceState[] = [];
    private readonly kept = new Set<ResourceState>();
    private readonly running = new Set<PendingOperation>();
    private interrupted: readonly PendingOperation[];
    private readonly refreshed = new Map<ResourceState, ResourceState | undefined>();
    private readonly renamed = new Map<string, string>();
    private saving: Promise<void> | undefined;
    private next: Promise<void> | undefined;

    constructor(base: Snapshot, save: (snapshot: Snapshot) => Promise<void>) {
        this.base = base;
        this.save = save;
        this.interrupted = base.pendingOperations;
    }

    get snapshot(): Snapshot {
        const withNewNames = this.namer();
        const pending = [...this.running, ...this.interrupted];
        return {
            resources: this.withoutDangling(this.resources.map(withNewNames)),
            pendingOperations: pending.map(({ resource, type }) => ({ resource: withNewNames(resource), type })),
        };
    }

    /** The resources as objects of this operation, in the order of the state. */
    get resources(): ResourceState[] {
        const old = this.base.resources.flatMap((state) => {
            const now = this.refreshed.has(state) ? this.refreshed.get(state) : state;
            return now && !this.kept.has(now) ? [now] : [];
        });
        return [...this.added, ...old].filter((state) => !this.done.has(state));
    }

    /** Lists a resource among the new ones as it is: others there may depend on it. */
    keep(state: ResourceState): void {
        this.kept.add(state);
        this.added.push(state);
    }

    /** Puts what a refresh has found in the place of what was there; undefined when it is gone. The next save has it. */
    replace(old: ResourceState, now: ResourceState | undefined): void {
        this.refreshed.set(old, now);
        this.settle(old.urn);
    }

    /** Records that an operation is about to touch the real resource. */
    async begin(resource: ResourceState, type: OperationType): Promise<PendingOperation> {
        const operation = { resource, type };
        this.running.add(operation);
        await this.flush();
        return operation;
    }

    /** Records how it ended. */
    async end(operation: PendingOperation | undefined, change: Change): Promise<void> {
        if (operation) {
            this.running.delete(operation);
        }
        this.apply(change);
        await this.flush();
    }

    /** Changes the list without saving; the next save has it. */
    apply({ remove, add }: Change): void {
        if (remove) {
            this.done.add(remove);
            this.settle(remove.urn);
        }
        if (add) {
            this.added.push(add);
            this.settle(add.urn);
        }
    }

    rename(from: string, to: string): void {
        this.renamed.set(from, to);
    }

    /** What a resource of the old state is called now. */
    nameOf(urn: string): string {
        return this.renamed.get(urn) ?? urn;
    }

    /**
     * Takes what an interrupted creation has made for a resource of the old state. It may be the replacement of one that
     * was deleted first: what depends on that stands behind it.
     */
    adopt(operation: PendingOperation, state: ResourceState): void {
        const { resources, pendingOperations } = this.base;
        const others = resources.filter(({ urn, pendingReplacement }) => urn !== state.urn || !pendingReplacement);
        const rest = pendingOperations.filter((other) => other !== operation);
        const behind = withDependents(others, () => false, new Set([state.urn]));
        const dependents = others.filter(({ urn }) => behind.has(urn));
        const before = others.filter(({ urn }) => !behind.has(urn));
        // What it was made from may have gone since.
        const there = new Set(before.map(({ urn }) => urn));
        const found = relinked(state, (urn) => (there.has(urn) ? urn : undefined));
        const all = [...before, found, ...dependents];
        this.base = { resources: all, pendingOperations: rest };
        this.interrupted = this.interrupted.filter((other) => other !== operation);
    }

    /** What was interrupted before has now been done again, or has been looked at. */
    private settle(urn: string): void {
        this.interrupted = this.interrupted.filter(({ resource }) => resource.urn !== urn);
    }

    /** After a look at everything there is, nothing is left to be said of what nobody has found. */
    forgetInterrupted(isMeant: (resource: ResourceState) => boolean): void {
        this.interrupted = this.interrupted.filter(({ resource }) => !isMeant(resource));
    }

    /** Saves; callers that come while a save is under way share the one after it. */
    flush(): Promise<void> {
        if (this.saving === undefined) {
            this.saving = this.save(this.snapshot).finally(() => {
                this.saving = undefined;
            });
            return this.saving;
        }
        this.next ??= this.saving
            .catch(() => undefined)
            .then(() => {
                this.next = undefined;
                return this.flush();
            });
        return this.next;
    }

    /**
     * Resources that were not yet registered still name others as they were called before. A new name is one only
     * when its bearer has it: until the step of that has ended, the state lists it under the old one.
     */
    private namer(): (state: ResourceState) => ResourceState {
        if (this.renamed.size === 0) {
            return (state) => state;
        }
        const borne = new Set(this.added.flatMap(({ urn, id = "" }) => [urn, formatReference({ urn, id })]));
        const name = (urn: string): string => {
            const now = this.nameOf(urn);
            return borne.has(now) ? now : urn;
        };
        // A provider that was replaced as well has another id, and its old one keeps the old name.
        const reference = (text: string): string => {
            const { urn, id } = parseReference(text);
            const now = formatReference({ urn: this.nameOf(urn), id });
            return borne.has(now) ? now : text;
        };
        return (state) => ({
            ...relinked(state, name),
            // What waits for its deletion bears the name by which those that were made from it name it.
            ...(state.delete && !isProviderType(state.type) ? { urn: name(state.urn) } : {}),
            ...(state.provider === undefined ? {} : { provider: reference(state.provider) }),
        });
    }

    /** A refresh may find resources gone that others name; another of the same URN may only stand behind them. */
    private withoutDangling(states: ResourceState[]): ResourceState[] {
        const parents = new Map<string, string>();
        for (const [old, now] of this.refreshed) {
            if (now === undefined) {
                parents.set(old.urn, old.parent ?? "");
            }
        }
        if (parents.size === 0) {
            return states;
        }
        const standing = new Set<string>();
        const stands = (urn: string): boolean => standing.has(urn);
        return states.map((state) => {
            let parent = state.parent ?? "";
            while (parent !== "" && !stands(parent)) {
                parent = parents.get(parent) ?? "";
            }
            const linked = relinked(state, (urn) => (stands(urn) ? urn : undefined));
            standing.add(state.urn);
            return { ...linked, parent };
        });
    }
}
