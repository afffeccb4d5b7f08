// Refresh: what is taken from the world into the state, and how the state holds together afterwards.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Laboratory } from "../laboratory/laboratory.ts";
import type { Declaration } from "../laboratory/program.ts";

const chain = (kind: string): Declaration[] => [
    { name: "a", inputs: { kind, text: "one" } },
    { name: "b", inputs: { from: { of: "a", output: "serial" } } },
];

/** The ids of the things that a name has in the state. */
const idsOf = (lab: Laboratory, name: string): string[] =>
    lab.snapshot().resources.flatMap(({ urn, id }) => (urn.endsWith(`::${name}`) ? [id ?? ""] : []));

describe("a refresh", () => {
    test("takes over what somebody has changed, so that the next update puts it right", async () => {
        const lab = new Laboratory();
        await lab.made(chain("one"));
        const [id = ""] = idsOf(lab, "a");
        const thing = lab.world.things.get(id);
        lab.world.things.set(id, { urn: thing?.urn ?? "", inputs: { ...thing?.inputs, text: "by hand" } });
        assert.deepEqual((await lab.refresh()).changes, { same: 1, update: 1 });
        assert.deepEqual((await lab.preview(chain("one"))).changes, { same: 2, update: 1 });
        await lab.made(chain("one"));
        assert.equal(lab.world.things.get(id)?.inputs.text, "one");
    });

    test("drops what has vanished from the state, and from what others name", async () => {
        const lab = new Laboratory();
        await lab.made(chain("one"));
        lab.world.things.delete(idsOf(lab, "a")[0] ?? "");
        assert.deepEqual((await lab.refresh()).changes, { same: 1, delete: 1 });
        assert.deepEqual(idsOf(lab, "a"), []);
        assert.deepEqual((await lab.made(chain("one"))).changes, { same: 1, create: 1, update: 1 });
    });

    test("does so too while an old one of the same name waits for its deletion behind", async () => {
        const lab = new Laboratory();
        await lab.made(chain("one"));
        await lab.up(chain("two"), { faultOf: ({ method }) => (method === "delete" ? "refuse" : undefined) });
        const [now = ""] = idsOf(lab, "a");
        lab.world.things.delete(now);
        assert.equal((await lab.refresh()).outcome, "succeeded");
        assert.equal(idsOf(lab, "a").length, 1);
        assert.deepEqual(lab.snapshot().resources.at(-1)?.delete, true);
        lab.world.uncertain.add(now);
        assert.equal((await lab.up(chain("two"))).outcome, "succeeded");
        assert.deepEqual([lab.world.things.size, lab.world.violations], [2, []]);
    });

    test("that fails keeps what it has not read", async () => {
        const lab = new Laboratory();
        await lab.made(chain("one"));
        const { outcome, errors } = await lab.refresh({
            faultOf: ({ method }) => (method === "read" ? "refuse" : undefined),
        });
        assert.equal(outcome, "failed");
        assert.match(errors.join(), /told to refuse read/);
        assert.equal(lab.snapshot().resources.length, 4);
    });
});
