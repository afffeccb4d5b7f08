// What the state is at each moment of an operation: the old resources that are not yet dealt with, and the new ones.
//
// New resources are listed in the order in which their steps ended, old ones behind them: so whatever a resource
// depends on stands before it, which is what readers of a state rely on.
import type { OperationType, PendingOperation, ResourceState, Snapshot } from "../state/checkpoint.ts";

export class Journal {
    base: Snapshot;
    private readonly save: (snapshot: Snapshot) => Promise<void>;
    private readonly done = new Set<ResourceState>();
    private readonly added: ResourceState[] = [];
    private readonly running = new Set<PendingOperation>();
    private interrupted: readonly PendingOperation[];
    private readonly refreshed = new Map<ResourceState, ResourceState | undefined>();
    private readonly renamed = new Map<string, string>();
    private saving: Promise<void> | undefined;
    private next: Promise<void> | undefined;

    constructor(base: Snapshot, save: (snapshot: Snapshot) => Promise<void>) {
        this.base = base;
        this.save = save;
        // Only of an interrupted creation nobody knows what it left; other operations are simply done again.
        this.interrupted = base.pendingOperations.filter((operation) => operation.type === "creating");
    }

    get snapshot(): Snapshot {
        return {
            resources: this.withoutDangling(this.resources.map((state) => this.withNewNames(state))),
            pendingOperations: [...this.running, ...this.interrupted],
        };
    }

    /** The resources as objects of this operation, in the order of the state. */
    get resources(): ResourceState[] {
        const old = this.base.resources.flatMap((state) => {
            const now = this.refreshed.has(state) ? this.refreshed.get(state) : state;
            return now ? [now] : [];
        });
        return [...this.added, ...old].filter((state) => !this.done.has(state));
    }

    /** Puts what a refresh has found in the place of what was there; undefined when it is gone. */
    async replace(old: ResourceState, now: ResourceState | undefined): Promise<void> {
        this.refreshed.set(old, now);
        await this.flush();
    }

    /** Records that an operation is about to touch the real resource. */
    async begin(resource: ResourceState, type: OperationType): Promise<PendingOperation> {
        const operation = { resource, type };
        this.running.add(operation);
        await this.flush();
        return operation;
    }

    /** Records how it ended; `remove` and `add` are what changes in the state. */
    async end(
        operation: PendingOperation | undefined,
        change: { remove?: ResourceState; add?: ResourceState },
    ): Promise<void> {
        if (operation) {
            this.running.delete(operation);
        }
        this.apply(change);
        await this.flush();
    }

    /** Changes the list without saving; the next save has it. */
    apply(change: { remove?: ResourceState | undefined; add?: ResourceState | undefined }): void {
        const { remove, add } = change;
        if (remove) {
            this.done.add(remove);
        }
        if (add) {
            this.added.push(add);
            // A creation that was interrupted before has now been done again.
            this.interrupted = this.interrupted.filter((operation) => operation.resource.urn !== add.urn);
        }
    }

    rename(from: string, to: string): void {
        this.renamed.set(from, to);
    }

    /** What a resource of the old state is called now. */
    nameOf(urn: string): string {
        return this.renamed.get(urn) ?? urn;
    }

    /** Takes what an interrupted creation has made for a resource of the old state; nothing there depends on it yet. */
    adopt(operation: PendingOperation, state: ResourceState): void {
        const { resources, pendingOperations } = this.base;
        const others = resources.filter(({ urn, pendingReplacement }) => urn !== state.urn || !pendingReplacement);
        const rest = pendingOperations.filter((other) => other !== operation);
        this.base = { resources: [...others, state], pendingOperations: rest };
        this.interrupted = this.interrupted.filter((other) => other !== operation);
    }

    forgetInterrupted(): void {
        this.interrupted = [];
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

    /** Resources that were not yet registered still name others as they were called before. */
    private withNewNames(state: ResourceState): ResourceState {
        if (this.renamed.size === 0) {
            return state;
        }
        const name = (urn: string): string => this.nameOf(urn);
        const result = { ...state };
        if (state.parent !== undefined) {
            result.parent = name(state.parent);
        }
        if (state.provider !== undefined) {
            const split = state.provider.lastIndexOf("::");
            result.provider = name(state.provider.slice(0, split)) + state.provider.slice(split);
        }
        if (state.dependencies) {
            result.dependencies = state.dependencies.map(name);
        }
        if (state.propertyDependencies) {
            result.propertyDependencies = Object.fromEntries(
                Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.map(name)]),
            );
        }
        return result;
    }

    /** A refresh may find resources gone that others name. */
    private withoutDangling(states: ResourceState[]): ResourceState[] {
        const gone = new Map<string, string>();
        for (const [old, now] of this.refreshed) {
            if (now === undefined) {
                gone.set(old.urn, old.parent ?? "");
            }
        }
        for (const { urn } of states) {
            gone.delete(urn);
        }
        if (gone.size === 0) {
            return states;
        }
        const isThere = (urn: string): boolean => !gone.has(urn);
        return states.map((state) => {
            let parent = state.parent ?? "";
            while (gone.has(parent)) {
                parent = gone.get(parent) ?? "";
            }
            const byProperty = Object.entries(state.propertyDependencies ?? {});
            return {
                ...state,
                parent,
                dependencies: (state.dependencies ?? []).filter(isThere),
                propertyDependencies: Object.fromEntries(byProperty.map(([key, urns]) => [key, urns.filter(isThere)])),
            };
        });
    }
}
