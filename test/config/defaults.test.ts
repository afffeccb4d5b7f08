// The table of known keys says nothing that cannot be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findKey, knownSections, sectionNames } from "../../config/defaults.ts";
import { fillDefaults } from "../../config/layers.ts";
import type { CfgSections } from "../../config/resolve.ts";
import { ResolvedValues } from "../../config/resolvedValues.ts";

test("all defaults resolve and are right values of their types", () => {
    const sections: CfgSections = new Map();
    for (const { name } of knownSections) {
        sections.set(name, new Map());
    }
    fillDefaults(sections, { HOME: "/home/somebody" });
    const values = new ResolvedValues(sections, { HOME: "/home/somebody" });
    assert.deepEqual(values.problems, []);
    const withDefault = knownSections.flatMap(({ keys }) => keys.filter((key) => key.default !== undefined));
    assert.equal(values.all.length, withDefault.length);
});

test("names are unique, and each key says what it means", () => {
    assert.equal(new Set(sectionNames).size, sectionNames.length);
    for (const { name, keys, meaning } of knownSections) {
        assert.ok(meaning.endsWith("."), `[${name}]`);
        const names = keys.flatMap((key) => [key.key, ...(key.aliases ?? [])]);
        assert.equal(new Set(names).size, names.length, `[${name}]`);
        for (const key of keys) {
            assert.match(key.meaning, /^\S.*[^.\s]$/, `[${name}] ${key.key}`);
        }
    }
});

test("credentials have no default and are marked secret", () => {
    const names = knownSections.flatMap(({ name, keys }) => keys.map((key) => [name, key] as const));
    const secrets = names.filter(([, key]) => key.secret === true);
    assert.deepEqual(
        secrets.map(([section, key]) => `${section}.${key.key}`),
        ["luigi_s3.aws_access_key_id", "luigi_s3.aws_secret_access_key", "luigi_wandb.api_key"],
    );
    assert.ok(secrets.every(([, key]) => key.default === undefined && key.environment === undefined));
});

test("keys are found by all their names", () => {
    assert.equal(findKey("luigi_Train", "use_init_container")?.key, "use_init_containers");
    assert.equal(findKey("luigi_Train", "train_config")?.key, "config");
    assert.equal(findKey("luigi_Train", "none"), undefined);
    assert.equal(findKey("none", "config"), undefined);
});
