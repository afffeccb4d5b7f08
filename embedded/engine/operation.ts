// One run of the engine: what is under way, what has been counted, and whether anything new may begin.
import pLimit from "p-limit";
import type { ResourceState } from "../state/checkpoint.ts";
import type { Custodian } from "./custodian.ts";
import type { EngineEvent, PropertyDiff, Severity, Step, StepOp } from "./events.ts";
import type { Journal } from "./journal.ts";
import type { Provider } from "./provider.ts";
import type { ProviderRegistry } from "./registry.ts";
import { messageOf } from "./rpc.ts";
import type { Selection } from "./selection.ts";
import { formatReference, isDefaultProvider, isProviderType, parseReference, parseUrn } from "./urn.ts";

/** Ends what was about to begin after a failure or a cancellation; its reason has been told already. */
export class Stopped extends Error {
    constructor() {
        super("the operation has been stopped");
    }
}

/** Parts of a replacement: shown, but only the replacement as a whole counts. */
const uncounted: ReadonlySet<StepOp> = new Set(["create-replacement", "delete-replaced"]);

export function stepOf(state: ResourceState, op: StepOp, diffs: readonly PropertyDiff[] = []): Step {
    const { urn, type, custom, parent = "" } = state;
    return { urn, type, name: parseUrn(urn).name, parent, op, custom, diffs };
}

export interface OperationOptions {
    readonly preview: boolean;
    readonly parallel: number;
    readonly journal: Journal;
    readonly registry: ProviderRegistry;
    readonly selection: Selection;
    onEvent(event: EngineEvent): void;
    /** Called once, at the first failure or at the cancellation. */
    onStop(): void;
}

export class Operation {
    readonly preview: boolean;
    readonly journal: Journal;
    readonly registry: ProviderRegistry;
    readonly selection: Selection;
    readonly changes: Partial<Record<StepOp, number>> = {};
    failed = false;
    stopped = false;
    private readonly options: OperationOptions;
    private readonly slots: ReturnType<typeof pLimit>;
    private readonly running = new Set<Promise<unknown>>();

    constructor(options: OperationOptions) {
        this.options = options;
        this.preview = options.preview;
        this.journal = options.journal;
        this.registry = options.registry;
        this.selection = options.selection;
        this.slots = pLimit(options.parallel);
    }

    diagnostic(severity: Severity, urn: string, message: string): void {
        this.options.onEvent({ kind: "diagnostic", severity, urn, message, ephemeral: false });
    }

    /** Tells an error that belongs to no step, and lets nothing new begin. */
    fail(urn: string, message: string): void {
        this.diagnostic("error", urn, message);
        this.failed = true;
        this.stop();
    }

    stop(): void {
        if (!this.stopped) {
            this.stopped = true;
            this.options.onStop();
        }
    }

    /** Runs a step when there is a free slot for it. What the action returns replaces the step when it has ended. */
    async run(step: Step, action: () => Promise<Step | undefined>): Promise<void> {
        const running = this.slots(() => this.perform(step, action));
        this.running.add(running);
        try {
            await running;
        } finally {
            this.running.delete(running);
        }
    }

    /** Waits for the steps that have begun. */
    async settle(): Promise<void> {
        while (this.running.size > 0) {
            await Promise.allSettled([...this.running]);
        }
    }

    private async perform(step: Step, action: () => Promise<Step | undefined>): Promise<void> {
        if (this.stopped) {
            throw new Stopped();
        }
        const emit = (event: EngineEvent): void => {
            if (!isDefaultProvider(step.urn)) {
                this.options.onEvent(event);
            }
        };
        const start = performance.now();
        const seconds = (): number => (performance.now() - start) / 1000;
        emit({ kind: "step-started", step });
        try {
            const ended = (await action()) ?? step;
            if (!uncounted.has(ended.op) && !isDefaultProvider(step.urn)) {
                this.changes[ended.op] = (this.changes[ended.op] ?? 0) + 1;
            }
            emit({ kind: "step-finished", step: ended, seconds: seconds() });
        } catch (error) {
            this.options.onEvent({ kind: "step-failed", step, seconds: seconds(), message: messageOf(error) });
            this.failed = true;
            this.stop();
            throw new Stopped();
        }
    }

    /** What manages a resource: nothing for components, the registry for providers, else its provider. */
    async custodian(state: ResourceState): Promise<Custodian | undefined> {
        if (!state.custom) {
            return undefined;
        }
        return isProviderType(state.type) ? this.registry : this.provider(state.provider ?? "");
    }

    /** Whether the program has registered this very provider. */
    isConfigured(reference: string): boolean {
        return this.registry.has(this.currentName(reference));
    }

    private currentName(reference: string): string {
        const { urn, id } = parseReference(reference);
        return formatReference({ urn: this.journal.nameOf(urn), id });
    }

    /** A configured provider of this operation, or one as the old state has it. */
    async provider(reference: string): Promise<Provider> {
        const current = this.currentName(reference);
        if (this.registry.has(current)) {
            return this.registry.get(current);
        }
        const { urn, id } = parseReference(reference);
        const state = this.journal.base.resources.find((resource) => resource.urn === urn && resource.id === id);
        if (state === undefined) {
            throw new Error(`the state has no provider ${reference}`);
        }
        return this.registry.ensure(state);
    }
}
