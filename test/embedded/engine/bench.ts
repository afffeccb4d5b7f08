// One stack of the fixture program in a folder of its own, run by the real engine with the SDK's own processes.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import * as engine from "../../../embedded/engine/index.ts";
import type { Plan, PlannedFile } from "../fixtures/files/plan.ts";

export type Event = engine.EngineEvent;
type Scope = engine.Choice & Pick<engine.EngineOptions, "parallel">;

export interface SavedResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly delete?: boolean;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly initErrors?: readonly string[];
    readonly parent?: string;
    readonly provider?: string;
    readonly dependencies?: readonly string[];
    readonly pendingReplacement?: boolean;
    readonly aliases?: readonly string[];
}

interface SavedState {
    readonly version: number;
    readonly checkpoint: {
        readonly stack: string;
        readonly latest: {
            readonly resources?: readonly SavedResource[];
            readonly pending_operations?: readonly { readonly type: string; readonly resource: SavedResource }[];
        };
    };
}

const fixture = path.join(import.meta.dirname, "../fixtures/files");

export class Bench {
    readonly root: string;
    readonly events: Event[] = [];
    readonly stackFile: string;
    passphrase = "open sesame";
    providers: Readonly<Record<string, readonly string[]>> = {};

    private constructor(root: string) {
        this.root = root;
        this.stackFile = path.join(root, "Pulumi.test.yaml");
    }

    static async open(context: TestContext, config: Readonly<Record<string, string>> = {}): Promise<Bench> {
        const bench = new Bench(await mkdtemp(path.join(tmpdir(), "engine-")));
        context.after(() => rm(bench.root, { recursive: true, force: true }));
        await mkdir(bench.folder);
        const lines = Object.entries({ "files:plan": path.join(bench.root, "plan.json"), ...config });
        await writeFile(bench.stackFile, `config:\n${lines.map(([key, value]) => `  ${key}: ${value}\n`).join("")}`);
        return bench;
    }

    /** The folder that the program's resources write to. */
    get folder(): string {
        return path.join(this.root, "out");
    }

    get stateFile(): string {
        return path.join(this.root, ".pulumi/stacks/files/test.json");
    }

    async plan(files: readonly PlannedFile[], rest: Omit<Plan, "files" | "folder"> = {}): Promise<void> {
        const plan: Plan = { folder: this.folder, files, ...rest };
        await writeFile(path.join(this.root, "plan.json"), JSON.stringify(plan));
    }

    settings(signal?: AbortSignal, choice: Scope = {}): engine.EngineOptions {
        this.events.length = 0;
        return {
            projectDirectory: fixture,
            stack: "test",
            stackFile: this.stackFile,
            backend: this.root,
            passphrase: this.passphrase,
            providers: this.providers,
            ...(signal ? { signal } : {}),
            ...choice,
            onEvent: (event) => {
                this.events.push(event);
            },
        };
    }

    up = (signal?: AbortSignal, choice?: Scope) => engine.up(this.settings(signal, choice));
    preview = (choice?: Scope) => engine.preview(this.settings(undefined, choice));
    refresh = (choice?: Scope) => engine.refresh(this.settings(undefined, choice));
    destroy = (choice?: Scope) => engine.destroy(this.settings(undefined, choice));
    outputs = (showSecrets: boolean) => engine.outputs(this.settings(), { showSecrets });

    /** Brings the given files up and expects that it works. */
    async made(files: readonly PlannedFile[]): Promise<engine.OperationResult> {
        await this.plan(files);
        const result = await this.up();
        if (result.outcome !== "succeeded") {
            throw new Error(`up ended as ${result.outcome}: ${this.errors().join("; ")}`);
        }
        return result;
    }

    /** What providers were asked to do since the last look, in order. */
    async calls(): Promise<string[]> {
        const log = path.join(this.folder, "calls.log");
        const text = await readFile(log, "utf8").catch(() => "");
        await rm(log, { force: true });
        return text.split("\n").filter((line) => line !== "");
    }

    async files(): Promise<string[]> {
        return (await readdir(this.folder)).filter((name) => name !== "calls.log").sort();
    }

    text(name: string): Promise<string> {
        return readFile(path.join(this.folder, name), "utf8");
    }

    async state(): Promise<SavedState["checkpoint"]["latest"]> {
        return (JSON.parse(await readFile(this.stateFile, "utf8")) as SavedState).checkpoint.latest;
    }

    /** Makes of a resource one whose creation was cut off before its end was heard of. */
    async cutOff(name: string): Promise<void> {
        const saved = JSON.parse(await readFile(this.stateFile, "utf8")) as SavedState;
        const { latest } = saved.checkpoint;
        const { id: _id, outputs: _outputs, ...resource } = await this.resource(name);
        const resources = (latest.resources ?? []).filter(({ urn }) => urn !== resource.urn);
        const pending_operations = [{ resource, type: "creating" }];
        const checkpoint = { ...saved.checkpoint, latest: { ...latest, resources, pending_operations } };
        await writeFile(this.stateFile, JSON.stringify({ ...saved, checkpoint }));
    }

    async resource(name: string): Promise<SavedResource> {
        const { resources = [] } = await this.state();
        const found = resources.find((resource) => resource.urn.endsWith(`::${name}`) && !resource.delete);
        if (!found) {
            throw new Error(`the state has no ${name}: ${resources.map((resource) => resource.urn).join(", ")}`);
        }
        return found;
    }

    /** The names of the program's own resources in the state, in its order. */
    async names(): Promise<string[]> {
        const { resources = [] } = await this.state();
        return resources
            .filter(({ type }) => type.includes("files"))
            .map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
    }

    /** The finished steps, as `op name`. */
    steps(): string[] {
        return this.events.flatMap((event) =>
            event.kind === "step-finished" && !event.step.type.startsWith("pulumi:")
                ? [`${event.step.op} ${event.step.name}`]
                : [],
        );
    }

    errors(): string[] {
        return this.events.flatMap((event) => {
            const isError = event.kind === "step-failed" || (event.kind === "diagnostic" && event.severity === "error");
            return isError ? [event.message] : [];
        });
    }
}
