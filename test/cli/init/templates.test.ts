// The files that aframe-init writes: complete, in agreement with the table of keys, and readable by the real law.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { directoriesOf } from "../../../cli/init/runScript.ts";
import { renderConfigFiles } from "../../../cli/init/templates.ts";
import { findKey, findSection, type KnownKey, knownSections } from "../../../config/defaults.ts";
import { readExperiment } from "../../../config/experiment.ts";
import { parseStackSettings } from "../../../config/stack.ts";
import { type LawAnswer, RealLaw } from "../../config/realLaw.ts";

const root = mkdtempSync(path.join(tmpdir(), "aframe-templates-"));
const law = new RealLaw();
after(() => {
    law.stop();
    rmSync(root, { recursive: true, force: true });
});

/** Tuning and the remote-procedure sections of newer versions are not part of a sandbox experiment. */
const written = knownSections.filter(({ name, optional }) => !optional && name !== "luigi_paths");

async function make(directory: string): Promise<Record<string, string>> {
    const files = await renderConfigFiles(directory);
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
    return files;
}

function read(directory: string) {
    const raw = { directory, environment: directoriesOf(directory, undefined) };
    return readExperiment(parseStackSettings("s", raw, "stack"), { home: "/home/me", user: "me" });
}

/** The keys of a file, those that wait in a comment too, with the comment above each; undefined when there is none. */
function explanationsOf(text: string): { known: KnownKey; above: string | undefined }[] {
    let section = "";
    let above: string | undefined;
    return text.split("\n").flatMap((line) => {
        section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
        const known = findKey(section, /^(?:# )?([\w.-]+)\s*[=:]/.exec(line)?.[1] ?? "");
        const found = known === undefined ? [] : [{ known, above }];
        above = line.startsWith("#") && known === undefined ? line : undefined;
        return found;
    });
}

function loadWithLaw(directory: string): Promise<LawAnswer> {
    // Both files are on disk already; law is given the path that run.sh gives it.
    return law.load({
        files: {},
        main: path.join(directory, "sandbox.cfg"),
        environment: { HOME: "/home/me", USER: "me" },
    });
}

describe("sandbox.cfg and base.cfg", () => {
    const directory = path.join(root, "plain");
    let text = "";
    before(async () => {
        const files = await make(directory);
        text = `${files["sandbox.cfg"] ?? ""}\n${files["base.cfg"] ?? ""}`;
    });

    it("name every known key that a file can set, and that then changes something", () => {
        const missing = written.flatMap(({ name, keys }) =>
            keys
                .filter(({ decidedBy, noEffect }) => decidedBy === undefined && noEffect === undefined)
                .filter(({ key }) => !new RegExp(`\\b${key}\\b`).test(text))
                .map(({ key }) => `[${name}] ${key}`),
        );
        // Keys of law for special files, and of newer versions of Aframe that only make sense with those.
        const known = ["extend", "jitter", "max_num_samples", "return_timeseries", "sync_env"];
        assert.deepEqual([...new Set(missing.map((entry) => entry.split(" ")[1]))].sort(), known);
    });

    it("say above each section what the table says of it", () => {
        const headers = [...text.matchAll(/^(.*)\n\[(.+)\]$/gm)];
        assert.equal(headers.length, text.match(/^\[/gm)?.length);
        for (const [, above, section = ""] of headers) {
            assert.equal(above, `# ${findSection(section)?.meaning ?? ""}`, section);
        }
    });

    it("say above each key what the table says of it, or have said it of another that means the same", async () => {
        const files = await renderConfigFiles(directory);
        for (const file of ["sandbox.cfg", "base.cfg"] as const) {
            const said = new Set<string>();
            for (const { known, above } of explanationsOf(files[file])) {
                const place = `${file}: ${known.key}: ${above ?? "nothing"}`;
                assert.ok(above?.startsWith(`# ${known.meaning}`) ?? said.has(known.meaning), place);
                for (const detail of [known.unit, known.noEffect, ...(known.choices ?? [])]) {
                    assert.ok(above?.includes(detail ?? "") ?? true, place);
                }
                assert.ok((above ?? "").length <= 120, place);
                said.add(known.meaning);
            }
        }
    });

    it("hold no key that is not known", () => {
        assert.deepEqual(
            read(directory).warnings.filter(({ message }) => /no such|unknown/.test(message)),
            [],
        );
    });

    it("say what the table of defaults says, but for what a sandbox experiment sets", () => {
        const differing = read(directory)
            .settings.values.filter(({ origin }) => origin.kind === "file")
            .flatMap(({ section, key, value, via }) => {
                const fallback = findKey(section, key)?.default;
                if (fallback === undefined || via.length > 0 || fallback.startsWith("&")) return [];
                const same = fallback.replace(/^~/, "/home/me") === value;
                return same ? [] : [`[${section}] ${key} = ${value}, default ${fallback}`];
            });
        assert.deepEqual(differing.sort(), [
            `[luigi_Train] config = ${directory}/train.yaml, default train.yaml`,
            "[luigi_Train] use_wandb = true, default false",
            "[luigi_base] coalescence_time = 4, default 6",
        ]);
    });

    it("refer where the table of defaults refers", () => {
        const values = read(directory).settings.values;
        for (const { name, keys } of written) {
            for (const { key, default: fallback } of keys) {
                const target = /^&::(?:(.+)::)?(.+)$/.exec(fallback ?? "");
                if (!target) continue;
                const found = values.find((value) => value.section === name && value.key === key);
                assert.ok(found, `[${name}] ${key}`);
                assert.equal(found.via[0], `${target[1] ?? name}::${target[2] ?? ""}`, `[${name}] ${key}`);
            }
        }
    });

    it("give the same values to the real law as to this program", async () => {
        const { sections, error } = await loadWithLaw(directory);
        assert.equal(error, undefined);
        const ours = new Map(
            read(directory).settings.values.map((value) => [`[${value.section}] ${value.key}`, value.value]),
        );
        const theirs = Object.entries(sections ?? {}).flatMap(([section, values]) =>
            Object.entries(values).map(([key, value]) => [`[${section}] ${key}`, value] as const),
        );
        assert.ok(theirs.length > 150, String(theirs.length));
        for (const [name, value] of theirs) assert.equal(ours.get(name), value, name);
    });

    it("can be read in a directory of any name", async () => {
        const names = [
            "it's",
            "a b",
            "$HOME",
            "$(id)",
            "a%20b",
            "{a,b}",
            "x,y",
            "run #1",
            "; x",
            "~tilde",
            "&::a",
            "日本 é",
            "back\\slash",
            "[x]",
            "=",
            ...fc.sample(
                fc
                    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
                    .filter((name) => !/[/\p{C}\ud800-\udfff]|^\.+$/u.test(name)),
                30,
            ),
        ];
        for (const name of names) {
            const odd = path.join(root, "odd", name);
            await make(odd);
            const { settings } = read(odd);
            assert.equal(settings.training.trainConfig, path.join(odd, "train.yaml"), name);
            assert.equal(settings.values.find(({ key }) => key === "train_stop")?.value, "1241443783", name);
        }
    });

    it("have their files found by the real law wherever this program writes absolute paths", async () => {
        for (const name of ["a b", "日本 é", "x-1_2.3+4@5=6:7"]) {
            const odd = path.join(root, "law", name);
            const files = await make(odd);
            assert.ok(files["sandbox.cfg"]?.includes(`inherit = ${odd}/base.cfg\n`), name);
            const { sections, error } = await loadWithLaw(odd);
            assert.equal(error, undefined, name);
            assert.equal(sections?.luigi_base?.train_stop, "1241443783", name);
            assert.equal(sections.luigi_Train?.config, `${odd}/train.yaml`, name);
        }
    });
});

describe("train.yaml and export.yaml", () => {
    it("are YAML with the parts that the trainer and the exporter read", async () => {
        const files = await renderConfigFiles("/d");
        const train = parse(files["train.yaml"]) as Record<string, { class_path?: string }>;
        assert.deepEqual(Object.keys(train), ["model", "data", "trainer"]);
        assert.equal(train.model?.class_path, "train.model.SupervisedAframe");
        const exported = parse(files["export.yaml"]) as Record<string, unknown>;
        assert.equal(exported.platform, "TENSORRT");
    });

    it("agree with the defaults of the cfg where both name a value", async () => {
        const files = await renderConfigFiles("/d");
        const exported = parse(files["export.yaml"]) as Record<string, unknown>;
        const base = (key: string) => Number(findKey("luigi_base", key)?.default);
        for (const key of ["kernel_length", "sample_rate", "fduration", "inference_sampling_rate", "streams_per_gpu"]) {
            assert.equal(exported[key], base(key), key);
        }
        assert.equal(exported.batch_size, base("inference_batch_size"));
        assert.equal(exported.psd_length, base("inference_psd_length"));
    });
});
