// What must hold after whatever happened: of the state alone, and of the state beside the world.
import assert from "node:assert/strict";
import type { ResourceState, Snapshot } from "../../../../embedded/state/checkpoint.ts";
import { equal, type PropertyMap, reveal } from "../../../../embedded/state/propertyValues.ts";
import type { Laboratory } from "../laboratory/laboratory.ts";
import { types } from "../laboratory/program.ts";
import { type Model, secrets } from "./model.ts";

const isThing = (state: ResourceState): boolean => state.type === types.thing;

/** What exists in the world for a state; what was deleted before its replacement does not. */
const real = ({ resources }: Snapshot): ResourceState[] =>
    resources.filter((state) => isThing(state) && !state.pendingReplacement);

export function checkState(lab: Laboratory): void {
    const { resources } = lab.snapshot();
    const leaked = (lab.text?.match(secrets) ?? []).filter((text) => !lab.world.spilled.has(text));
    assert.deepEqual(leaked, [], "a secret is in the clear");
    const seen = new Set<string>();
    const live = new Set<string>();
    for (const state of resources) {
        const { urn } = state;
        const needed = [
            state.parent,
            ...(state.dependencies ?? []),
            ...Object.values(state.propertyDependencies ?? {}),
        ];
        for (const name of needed.flat()) {
            assert.ok(!name || seen.has(name), `${urn} names ${String(name)}, which does not stand before it`);
        }
        assert.ok(state.delete || !live.has(urn), `there are two live ${urn}`);
        if (!state.delete) live.add(urn);
        seen.add(urn);
    }
}

/** The ids at which state and world say different things. */
function differences(lab: Laboratory): Map<string, string> {
    const found = new Map<string, string>();
    const known = new Set<string>();
    for (const { id = "", urn, inputs, initErrors } of real(lab.snapshot())) {
        known.add(id);
        const thing = lab.world.things.get(id);
        if (thing === undefined) found.set(id, urn);
        else if (!initErrors?.length && !equal(reveal(inputs), thing.inputs as PropertyMap)) found.set(id, urn);
    }
    for (const [id, { urn }] of lab.world.things) if (!known.has(id)) found.set(id, urn);
    return found;
}

/** State and world agree but for what is known to be uncertain. Returns what an interruption has made so. */
export function checkWorld(lab: Laboratory, interrupted: boolean): void {
    const { world } = lab;
    assert.deepEqual(world.violations, []);
    const { pendingOperations } = lab.snapshot();
    const pending = new Set(pendingOperations.flatMap(({ resource }) => [resource.urn, resource.id ?? ""]));
    for (const [id, urn] of differences(lab)) {
        if (world.retained.has(id) || world.uncertain.has(id)) continue;
        assert.ok(interrupted, `state and world differ in ${id}, ${urn}`);
        assert.ok(
            pending.has(urn) || pending.has(id),
            `${id}, ${urn} is not as the state says, and no operation is pending`,
        );
        world.uncertain.add(id);
    }
}

export const isUncertain = (lab: Laboratory): boolean =>
    [...differences(lab).keys()].some((id) => lab.world.uncertain.has(id)) ||
    lab.snapshot().resources.some((state) => state.initErrors?.length);

/** After an update that succeeded, the state holds what the program says and nothing else. */
export function checkProgram(lab: Laboratory, model: Model): void {
    const { resources } = lab.snapshot();
    const expected = model.nodes.map((node) => model.urnOf(node)).sort();
    const found = resources
        .map(({ urn }) => urn)
        .filter((urn) => !urn.includes(types.stack) && !urn.endsWith("::default"))
        .sort();
    assert.deepEqual(found, expected);
    for (const node of model.nodes) {
        const state = resources.find(({ urn }) => urn === model.urnOf(node));
        assert.equal(state?.protect ?? false, node.options.protect, `${node.name} is protected`);
        if (node.is !== "thing") continue;
        assert.equal(reveal(state?.inputs.kind ?? null), `k${node.kind}`, `the kind of ${node.name}`);
        for (const [index, name] of node.references.entries()) {
            const source = resources.find(({ urn }) => urn.endsWith(`::${name}`));
            assert.equal(state?.inputs[`from${index}`], source?.id, `${node.name} refers to ${name}`);
        }
    }
}
