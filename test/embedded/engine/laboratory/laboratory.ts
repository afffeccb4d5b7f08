// One stack in memory: the real engine between a program and a provider that run in this very process.
//
// Everything but processes and transport is the engine's own: messages, decisions, steps, journal, and the text of the
// state file. So thousands of operations fit into a test, each cut off, if wanted, at any moment that can be told apart
// from outside.
import { follow, type Kind } from "../../../../embedded/engine/course.ts";
import type { ChangeCounts, EngineEvent } from "../../../../embedded/engine/events.ts";
import { Journal } from "../../../../embedded/engine/journal.ts";
import { Monitor } from "../../../../embedded/engine/monitor.ts";
import { Operation } from "../../../../embedded/engine/operation.ts";
import { recoverCreations } from "../../../../embedded/engine/recovery.ts";
import { Registrar } from "../../../../embedded/engine/registrar.ts";
import { ProviderRegistry } from "../../../../embedded/engine/registry.ts";
import { type Choice, Selection } from "../../../../embedded/engine/selection.ts";
import { parseCheckpoint, type Snapshot } from "../../../../embedded/state/checkpoint.ts";
import { CheckpointWriter } from "../../../../embedded/state/checkpointWriter.ts";
import { newCrypter } from "../../../../embedded/state/secrets.ts";
import { type Declaration, Program } from "./program.ts";
import { type Fault, LaboratoryProvider, type ProviderCall } from "./provider.ts";
import { nameOf, World } from "./world.ts";

/** Deriving a key is slow on purpose, so all stacks share one. */
const crypter = await newCrypter("open sesame");

export interface Conditions extends Choice {
    faultOf?(call: ProviderCall): Fault | undefined;
    /** The engine is killed at this moment, counted from 1: before or after a deed of the provider, or a write. */
    readonly killAt?: number;
    /** Lets each moment take a number of turns, so that steps overlap in another order. */
    turns?(): number;
    readonly parallel?: number;
    /** Called at every moment with its number, and the way to stop the operation as Ctrl-C does. */
    onMoment?(moment: number, stop: () => void): Promise<void> | undefined;
}

export interface Outcome {
    readonly outcome: "succeeded" | "failed" | "cancelled" | "killed";
    readonly changes: ChangeCounts;
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
    readonly calls: readonly ProviderCall[];
    /** The finished steps, as `op name`. */
    readonly steps: readonly string[];
    readonly moments: number;
    readonly events: readonly EngineEvent[];
}

export class Laboratory {
    readonly world = new World();
    /** The state file. */
    private bytes: Uint8Array | undefined;
    /** How often the state was written. */
    writes = 0;

    get text(): string | undefined {
        return this.bytes && new TextDecoder().decode(this.bytes);
    }

    snapshot(): Snapshot {
        const { text } = this;
        if (text === undefined) return { resources: [], pendingOperations: [] };
        return parseCheckpoint(text, "the state").open(crypter);
    }

    /** Rewrites the state as if by hand. */
    edit(change: (snapshot: Snapshot) => Snapshot): void {
        this.bytes = new CheckpointWriter("organization/lab/test", crypter, "v3").format(change(this.snapshot()));
    }

    up = (program: readonly Declaration[], conditions: Conditions = {}) => this.run("up", program, conditions);
    preview = (program: readonly Declaration[], conditions: Conditions = {}) =>
        this.run("preview", program, conditions);
    refresh = (conditions: Conditions = {}) => this.run("refresh", [], conditions);
    destroy = (conditions: Conditions = {}) => this.run("destroy", [], conditions);

    /** Brings the program up and expects that it works. */
    async made(program: readonly Declaration[]): Promise<Outcome> {
        const outcome = await this.up(program);
        if (outcome.outcome !== "succeeded") throw new Error(outcome.errors.join("; "));
        return outcome;
    }

    async run(kind: Kind, declarations: readonly Declaration[], conditions: Conditions): Promise<Outcome> {
        const preview = kind === "preview";
        this.world.sweeping = kind === "destroy";
        const events: EngineEvent[] = [];
        const killed = Promise.withResolvers<"killed">();
        const stopped = Promise.withResolvers<"stopped">();
        let [moments, dead, cancelled] = [0, false, false];
        const moment = async (): Promise<void> => {
            const number = ++moments;
            for (let turn = conditions.turns?.() ?? 0; turn > 0; turn--) await Promise.resolve();
            await conditions.onMoment?.(number, () => {
                cancelled = true;
                operation.stop();
            });
            if (number === conditions.killAt) {
                dead = true;
                killed.resolve("killed");
            }
            // What is dead does nothing any more.
            if (dead) await new Promise(() => undefined);
        };
        const provider = new LaboratoryProvider(this.world, {
            moment,
            faultOf: (call) => conditions.faultOf?.(call),
        });
        const writer = new CheckpointWriter("organization/lab/test", crypter, "v3");
        const save = async (snapshot: Snapshot): Promise<void> => {
            if (preview) return;
            const bytes = writer.format(snapshot);
            await moment();
            this.bytes = bytes;
            this.writes++;
            await moment();
        };
        const onEvent = (event: EngineEvent) => void events.push(event);
        const operation = new Operation({
            preview,
            parallel: conditions.parallel ?? 16,
            journal: new Journal(this.snapshot(), save),
            registry: new ProviderRegistry({ load: () => Promise.resolve(provider) }, "", preview),
            selection: new Selection(conditions),
            onEvent,
            onStop: () => {
                stopped.resolve("stopped");
            },
        });
        const config = { values: {}, secretKeys: [], secrets: [] };
        const names = { stack: "test", project: "lab" };
        const course = async (): Promise<void> => {
            await recoverCreations(operation);
            const registrar = new Registrar({ operation, ...names, config });
            const session = { operation, registrar, config };
            const options = { ...names, preview, parallel: 16, session: Promise.resolve(session), onEvent };
            const program =
                kind === "up" || preview ? new Program(new Monitor(options), declarations).run() : undefined;
            program?.then(
                () => {
                    this.world.sweeping = true;
                },
                () => undefined,
            );
            const exit =
                program &&
                Promise.race([program.then(() => "done"), stopped.promise]).then(
                    (end) => (end === "done" ? { code: 0, signal: null } : { code: null, signal: "SIGTERM" as const }),
                    () => ({ code: 1, signal: null }),
                );
            await follow(kind, session, exit);
        };
        const end = await Promise.race([course(), killed.promise]);
        return {
            outcome: end ?? (cancelled ? "cancelled" : operation.failed ? "failed" : "succeeded"),
            changes: { ...operation.changes },
            errors: messagesOf(events, "error"),
            warnings: messagesOf(events, "warning"),
            calls: provider.calls,
            steps: events.flatMap((event) =>
                event.kind === "step-finished" && !event.step.type.startsWith("pulumi:")
                    ? [`${event.step.op} ${nameOf(event.step.urn)}`]
                    : [],
            ),
            moments,
            events,
        };
    }
}

function messagesOf(events: readonly EngineEvent[], severity: "error" | "warning"): string[] {
    return events.flatMap((event) => {
        const isStep = event.kind === "step-failed" && severity === "error";
        return isStep || (event.kind === "diagnostic" && event.severity === severity) ? [event.message] : [];
    });
}
