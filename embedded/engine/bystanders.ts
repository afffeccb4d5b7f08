// What an operation leaves alone because nobody named it: old resources stay as they are, new ones are not made.
import type { ResourceState } from "../state/checkpoint.ts";
import { needsOf } from "./needs.ts";
import { type Operation, stepOf } from "./operation.ts";

export class Bystanders {
    private readonly operation: Operation;
    private readonly olds: ReadonlyMap<string, ResourceState>;
    private readonly skipped = new Set<string>();
    private readonly kept = new Set<string>();

    constructor(operation: Operation, olds: ReadonlyMap<string, ResourceState>) {
        this.operation = operation;
        this.olds = olds;
    }

    has(urn: string): boolean {
        return this.skipped.has(urn) || this.kept.has(urn);
    }

    /** The program hears of it without learning its outputs: it does not exist. */
    isSkipped(urn: string): boolean {
        return this.skipped.has(urn);
    }

    /**
     * Leaves a registered resource alone; returns the state that stands for it.
     * @param registered - the URNs that the program has registered so far
     */
    async leave(
        state: ResourceState,
        old: ResourceState | undefined,
        registered: ReadonlyMap<string, unknown>,
    ): Promise<ResourceState> {
        if (old === undefined) {
            this.skipped.add(state.urn);
            return state;
        }
        if (old.provider && !this.operation.isConfigured(old.provider)) {
            throw new Error(
                `the resource is not among the targets, but its provider ${old.provider} is about to go: ` +
                    "name it as a target too, or leave its provider as it was",
            );
        }
        this.keep(old, registered);
        await this.operation.run(stepOf(old, "same"), () => Promise.resolve(undefined));
        return old;
    }

    /** Throws when the program wants to change something that what was left alone does not allow. */
    check(state: ResourceState, former: string): void {
        const missing = [...needsOf(state)].find((urn) => this.skipped.has(urn));
        if (missing !== undefined) {
            throw new Error(`it depends on ${missing}, which does not exist yet: name that as a target too`);
        }
        if (this.kept.has(former)) {
            throw new Error(
                "a resource that is not among the targets depends on it, but the program declares that one first: " +
                    "name the other as a target too",
            );
        }
    }

    /** What it depends on, and the program has not registered, has to stand before it in the state. */
    private keep(old: ResourceState, registered: ReadonlyMap<string, unknown>): void {
        if (this.kept.has(old.urn)) {
            return;
        }
        this.kept.add(old.urn);
        for (const urn of needsOf(old)) {
            const need = this.olds.get(urn);
            if (need && !registered.has(urn)) {
                this.keep(need, registered);
            }
        }
        this.operation.journal.keep(old);
    }
}
