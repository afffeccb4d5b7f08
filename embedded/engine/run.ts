// One operation from its first to its last moment.
import type { Snapshot } from "../state/checkpoint.ts";
import { masked, type PropertyMap } from "../state/propertyValues.ts";
import { follow, type Kind } from "./course.ts";
import type { EngineEvent, OperationResult } from "./events.ts";
import { Journal } from "./journal.ts";
import { Monitor, type Session } from "./monitor.ts";
import { Operation } from "./operation.ts";
import { PluginHost } from "./plugins.ts";
import type { Child } from "./processes.ts";
import { startProgram } from "./program.ts";
import { recoverCreations } from "./recovery.ts";
import { createRedactor } from "./redact.ts";
import { Registrar } from "./registrar.ts";
import { ProviderRegistry } from "./registry.ts";
import { type Choice, Selection } from "./selection.ts";
import type { Stack } from "./stack.ts";
import { rootStackType } from "./urn.ts";

export interface EngineOptions extends Choice {
    /** Holds Pulumi.yaml. */
    readonly projectDirectory: string;
    readonly stack: string;
    /** Configuration and the salt of the secrets; a missing salt is written by the first update. */
    readonly stackFile: string;
    /** The folder that holds .pulumi. */
    readonly backend: string;
    readonly passphrase: string;
    /** Package to the argument list that starts its plugin; dynamic resources need none. */
    readonly providers: Readonly<Record<string, readonly string[]>>;
    readonly parallel?: number;
    /** Aborted: what runs is finished, nothing new is started. */
    readonly signal?: AbortSignal;
    onEvent(event: EngineEvent): void;
}

const defaultParallel = 16;

export function outputsOf(snapshot: Pick<Snapshot, "resources">): PropertyMap {
    return snapshot.resources.find((state) => state.type === rootStackType && !state.delete)?.outputs ?? {};
}

/** One operation from its first to its last moment; whatever happens, no process of it is left. */
export class Run {
    private readonly kind: Kind;
    private readonly options: EngineOptions;
    private readonly stack: Stack;
    private readonly parallel: number;
    private readonly selection: Selection;
    private readonly session = Promise.withResolvers<Session>();
    private operation: Operation | undefined;
    private program: Child | undefined;
    private cancelled = false;
    private redact = createRedactor([]);

    constructor(kind: Kind, options: EngineOptions, stack: Stack) {
        this.kind = kind;
        this.options = options;
        this.stack = stack;
        this.parallel = options.parallel ?? defaultParallel;
        this.selection = new Selection(options);
        // Handlers of the monitor wait for it; when there are none, its failure is told by open() alone.
        this.session.promise.catch(() => undefined);
    }

    private get preview(): boolean {
        return this.kind === "preview";
    }

    async perform(): Promise<OperationResult> {
        const { options, stack } = this;
        const start = performance.now();
        const startTime = Math.floor(Date.now() / 1000);
        stack.unlock().catch(() => undefined);
        const monitor = new Monitor({
            project: stack.project.name,
            stack: stack.name,
            preview: this.preview,
            parallel: this.parallel,
            session: this.session.promise,
            onEvent: this.tell,
        });
        const address = await monitor.listen();
        const host = new PluginHost({
            directory: stack.project.directory,
            project: stack.project.name,
            address,
            providers: options.providers,
            onOutput: this.say,
        });
        options.signal?.addEventListener("abort", this.cancel);
        try {
            const session = await this.open(host, address);
            await follow(this.kind, session, this.program?.exited);
            const result = this.resultOf(session.operation, start);
            if (!this.preview) {
                await this.record(session.operation, result, startTime);
            }
            return result;
        } finally {
            options.signal?.removeEventListener("abort", this.cancel);
            await Promise.all([this.program?.stop(), host.close()]);
            monitor.close();
        }
    }

    /** Starts the processes that will be needed, and meanwhile reads the state. */
    private async open(host: PluginHost, address: string): Promise<Session> {
        const { stack } = this;
        try {
            for (const pkg of stack.packages) {
                host.prepare(pkg);
            }
            const config = await stack.config();
            this.redact = createRedactor(config.secrets);
            if (this.kind === "up" || this.preview) {
                this.startProgram(config, address);
            }
            const [snapshot] = await Promise.all([stack.snapshot(), stack.unlock()]);
            if (!this.preview) {
                await stack.keepSalt();
            }
            const save = this.preview ? () => Promise.resolve() : await stack.writer();
            const operation = new Operation({
                preview: this.preview,
                parallel: this.parallel,
                journal: new Journal(snapshot, save),
                registry: new ProviderRegistry(host, address, this.preview),
                selection: this.selection,
                onEvent: this.tell,
                onStop: () => void this.program?.stop(),
            });
            this.operation = operation;
            if (this.options.signal?.aborted) {
                this.cancel();
            }
            await recoverCreations(operation);
            const registrar = new Registrar({ operation, stack: stack.name, project: stack.project.name, config });
            const session = { operation, registrar, config };
            this.session.resolve(session);
            return session;
        } catch (error) {
            this.session.reject(error);
            throw error;
        }
    }

    private startProgram(config: Session["config"], address: string): void {
        this.program = startProgram({
            project: this.stack.project,
            stack: this.stack.name,
            config,
            address,
            preview: this.preview,
            parallel: this.parallel,
            onOutput: this.say,
            onErrorOutput: (line) => {
                this.say(line);
            },
        });
    }

    private readonly cancel = (): void => {
        const { operation } = this;
        if (operation && !this.cancelled) {
            this.cancelled = true;
            operation.stop();
            void operation.registry.cancel();
        }
    };

    private readonly say = (message: string): void => {
        this.tell({ kind: "diagnostic", severity: "info", urn: "", message, ephemeral: false });
    };

    private readonly tell = (event: EngineEvent): void => {
        this.options.onEvent("message" in event ? { ...event, message: this.redact(event.message) } : event);
    };

    private resultOf(operation: Operation, start: number): OperationResult {
        return {
            outcome: this.cancelled ? "cancelled" : operation.failed ? "failed" : "succeeded",
            changes: { ...operation.changes },
            seconds: (performance.now() - start) / 1000,
            outputs: masked(outputsOf(operation.journal)) as PropertyMap,
        };
    }

    private async record(operation: Operation, result: OperationResult, startTime: number): Promise<void> {
        const kinds = { up: "update", preview: "update", refresh: "refresh", destroy: "destroy" } as const;
        await this.stack.backend.record({
            kind: kinds[this.kind],
            startTime,
            endTime: Math.floor(Date.now() / 1000),
            result: result.outcome === "succeeded" ? "succeeded" : "failed",
            resourceChanges: operation.changes,
        });
    }
}
