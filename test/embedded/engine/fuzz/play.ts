// Plays one random sequence, holds the engine to its promises after every step, and sees that all ends well.
import assert from "node:assert/strict";
import type { ResourceState } from "../../../../embedded/state/checkpoint.ts";
import { Laboratory, type Outcome } from "../laboratory/laboratory.ts";
import { Model } from "./model.ts";
import { checkProgram, checkState, checkWorld, isUncertain } from "./promises.ts";
import { randomNumbers, type Sequence, type Step } from "./sequence.ts";

class Play {
    private readonly lab = new Laboratory();
    private readonly model = new Model();

    async run({ start, steps }: Sequence): Promise<void> {
        for (const edit of start) this.model.apply(edit);
        this.expectSuccess("the first up", await this.lab.up(this.model.declarations()));
        for (const step of steps) await this.take(step);
        await this.end();
    }

    private async take(step: Step): Promise<void> {
        const { lab } = this;
        for (const edit of step.edits) this.model.apply(edit);
        lab.world.isFreed = (user, used) => this.model.hasFreed(user, used);
        this.meddle(step);
        const [text, things] = [lab.text, JSON.stringify([...lab.world.things])];
        const random = randomNumbers(step.schedule);
        const seen = { calls: 0, faults: 0 };
        this.remember();
        const outcome = await lab.run(step.operation, this.model.declarations(), {
            turns: () => Math.floor(random() * 6),
            ...(step.killAt === undefined ? {} : { killAt: step.killAt }),
            faultOf: ({ method }) => {
                if (method === "check" || method === "diff") return undefined;
                const found = step.faults.find(({ call }) => call === seen.calls)?.fault;
                seen.calls++;
                if (found !== undefined) seen.faults++;
                return found;
            },
            onMoment: (moment, stop) => {
                if (moment === step.stopAt) stop();
                return undefined;
            },
        });
        this.remember();
        checkState(lab);
        if (step.operation === "preview") {
            assert.deepEqual([lab.text, JSON.stringify([...lab.world.things])], [text, things]);
            return;
        }
        const interrupted = outcome.outcome === "killed" || seen.faults > 0;
        checkWorld(lab, interrupted);
        if (outcome.outcome === "succeeded") {
            if (step.operation === "up") checkProgram(lab, this.model);
            if (step.operation === "destroy") assert.deepEqual(lab.snapshot().resources, []);
        } else if (outcome.outcome === "failed" && seen.faults === 0 && !isUncertain(lab)) {
            assert.match(outcome.errors.join("\n"), /protected/, `${step.operation} fails without a reason`);
        }
    }

    private remember(): void {
        for (const { id, urn, retainOnDelete } of this.lab.snapshot().resources) {
            if (!id) continue;
            if (retainOnDelete) this.lab.world.retained.add(id);
            this.lab.world.rename(id, urn);
        }
    }

    /** Somebody else changes the world. */
    private meddle({ outside }: Step): void {
        const { world } = this.lab;
        const ids = [...world.things.keys()];
        const id = outside && ids[outside.which % Math.max(1, ids.length)];
        const thing = id === undefined ? undefined : world.things.get(id);
        if (id === undefined || thing === undefined) return;
        world.uncertain.add(id);
        if (outside?.what === "vanish") world.things.delete(id);
        else world.things.set(id, { ...thing, inputs: { ...thing.inputs, text: "by hand" } });
    }

    /** Without faults, all comes right: the stack converges, and then goes without a trace. */
    private async end(): Promise<void> {
        const { lab, model } = this;
        for (const node of model.nodes) node.options.protect = false;
        const unprotected = (state: ResourceState): ResourceState => ({ ...state, protect: false });
        if (lab.text !== undefined) {
            lab.edit((snapshot) => ({
                ...snapshot,
                resources: snapshot.resources.map(unprotected),
                // What a killed operation was making is protected too, once it is found again.
                pendingOperations: snapshot.pendingOperations.map((pending) => ({
                    ...pending,
                    resource: unprotected(pending.resource),
                })),
            }));
        }
        if (isUncertain(lab) || lab.snapshot().pendingOperations.length > 0)
            this.expectSuccess("the last refresh", await lab.refresh());
        this.expectSuccess("the last up", await lab.up(model.declarations()));
        checkProgram(lab, model);
        const deeds = lab.world.deeds.length;
        for (const operation of ["up", "preview"] as const) {
            const again = await lab.run(operation, model.declarations(), {});
            this.expectSuccess(`${operation} once more`, again);
            assert.deepEqual(Object.keys(again.changes), ["same"], `${operation} once more: ${again.steps.join()}`);
        }
        assert.deepEqual(lab.world.deeds.slice(deeds), []);
        assert.deepEqual(lab.snapshot().pendingOperations, []);
        this.remember();
        this.expectSuccess("destroy", await lab.destroy());
        assert.deepEqual(lab.snapshot().resources, []);
        const left = [...lab.world.things].filter(
            ([id]) => !lab.world.retained.has(id) && !lab.world.uncertain.has(id),
        );
        assert.deepEqual(left, [], "destroy leaves nothing");
    }

    private expectSuccess(what: string, outcome: Outcome): void {
        assert.equal(outcome.outcome, "succeeded", `${what}: ${outcome.errors.join("; ")}`);
        checkState(this.lab);
        this.remember();
        checkWorld(this.lab, false);
    }
}

export const play = (sequence: Sequence): Promise<void> => new Play().run(sequence);
