// The cfg that stages hand to law: real law reads exactly the values of the experiment from it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are law's variables
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { renderLawConfig } from "../../config/lawConfig.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { RealLaw } from "./realLaw.ts";
import { directory, kubernetes, problemsOf, readSample, remoteDirectories, type Sample } from "./sample.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
const environment = { ...remoteDirectories, AFRAME_DIR: directory };
const document: Sample = {
    cfg: fixture("sandbox.cfg"),
    files: { "base.cfg": fixture("base.cfg") },
    environment,
    stack: { kubernetes },
};

/** Generated values; set AFRAME_CFG_CASES for a longer search. */
const runs = Number(process.env.AFRAME_CFG_CASES ?? 3000) / 10;

let law: RealLaw;
before(() => {
    law = new RealLaw();
});
after(() => {
    law.stop();
});

type Sections = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

/** Variables that would change a cfg that leaves something to look up. */
const harmful = { HOME: "/wrong", A: "wrong", NONE: "wrong", LAW__luigi_Train__seed: "9", LAW__luigi_new__key: "9" };

/** What real law reads from the rendered cfg, whatever the user's shell has set. */
async function readByLaw(settings: ExperimentSettings): Promise<Sections> {
    const files = { "resolved.cfg": renderLawConfig(settings) };
    const answer = await law.load({
        files,
        main: "resolved.cfg",
        environment: harmful,
    });
    assert.ok(answer.sections, answer.error);
    return answer.sections;
}

/** Each value of the experiment, but for those that law is not given. */
function expectedSections({ values, training }: ExperimentSettings): Record<string, Record<string, string>> {
    const omitted = ["luigi_ssh.check_host_key", "core.inherit", "core.extend"];
    const sections: Record<string, Record<string, string>> = {};
    for (const { section, key, value, secret } of values) {
        const isUnsetEndpoint = key === "endpoint_url" && value === "";
        if (!secret && section !== "luigi_paths" && !omitted.includes(`${section}.${key}`) && !isUnsetEndpoint) {
            sections[section] = { ...sections[section], [key]: value };
        }
    }
    const yaml = { config: training.trainConfig, train_config: training.trainConfig };
    const local = [
        "ifos",
        "fftlength",
        "kernel_length",
        "sample_rate",
        "highpass",
        "lowpass",
        "fduration",
        "seed",
        "use_wandb",
    ];
    const handedDown = local.map((key) => [key, sections.luigi_Train?.[key] ?? ""] as const);
    return {
        ...sections,
        luigi_core: { ...sections.luigi_core, no_configure_logging: "true" },
        luigi_Train: { ...sections.luigi_Train, ...yaml },
        luigi_TrainLocal: { ...sections.luigi_TrainLocal, ...Object.fromEntries(handedDown), ...yaml },
    };
}

test("law reads the document's samples with the same values", async () => {
    const { settings } = readSample(document);
    assert.deepEqual(await readByLaw(settings), expectedSections(settings));
});

test("law reads the defaults alone, and TrainLocal has all it needs", async () => {
    const { settings } = readSample();
    const sections = await readByLaw(settings);
    assert.deepEqual(sections, expectedSections(settings));
    assert.deepEqual(sections.luigi_TrainLocal, {
        ifos: '["H1", "L1"]',
        fftlength: "",
        kernel_length: "1.5",
        sample_rate: "2048",
        highpass: "32",
        lowpass: "",
        fduration: "1",
        seed: "1122",
        use_wandb: "false",
        config: `${directory}/train.yaml`,
        train_config: `${directory}/train.yaml`,
    });
});

test("TrainLocal's own keys stay, and those that [luigi_Train] decides come from there", async () => {
    const cfg = "[luigi_base]\nkernel_length = 2\n[luigi_TrainLocal]\nimage = /images/train.sif\nkernel_length = 9";
    const { luigi_TrainLocal } = await readByLaw(readSample({ cfg }).settings);
    assert.equal(luigi_TrainLocal?.image, "/images/train.sif");
    assert.equal(luigi_TrainLocal.kernel_length, "2");
});

test("what [luigi_Train] leaves out is not taken from [luigi_TrainLocal], and the folder of images is handed down", async () => {
    const cfg = "[luigi_Train]\ncontainer_root = /images\n[luigi_TrainLocal]\nq = 5\nprecompute_train_waveforms = true";
    const { luigi_TrainLocal } = await readByLaw(readSample({ cfg }).settings);
    assert.equal(luigi_TrainLocal?.container_root, "/images");
    assert.ok(!("q" in luigi_TrainLocal) && !("precompute_train_waveforms" in luigi_TrainLocal));
});

test("law's variables of the stack are in it, and those of the shell change nothing", async () => {
    const variables = { ...environment, LAW__luigi_Train__seed: "5", LAW__core__sync_luigi_config: "false" };
    const { luigi_Train } = await readByLaw(readSample({ ...document, environment: variables }).settings);
    assert.equal(luigi_Train?.seed, "5");
});

test("no credential, directory or include is in it", () => {
    const cfg = [
        "[core]\ninherit = base.cfg",
        "[luigi_s3]\naws_access_key_id = canary-1\naws_secret_access_key = canary-2",
        "[luigi_wandb]\napi_key = canary-3\n[mine]\na = &::luigi_wandb::api_key",
    ].join("\n");
    const text = renderLawConfig(readSample({ ...document, cfg }).settings);
    assert.doesNotMatch(text, /canary|luigi_paths|my-bucket|inherit/);
});

test("the same experiment gives the same text", () => {
    assert.equal(renderLawConfig(readSample(document).settings), renderLawConfig(readSample(document).settings));
});

test("whatever a value holds, law reads it as it is", async () => {
    const piece = fc.constantFrom(
        ...["a", "B", "1", " ", "#", ";", "=", ":", "[", "]", "{", "}", '"', "'", ",", "\\", "/", "é", "漢"],
        ...["$A", "${A}", "\\$A", "$NONE", "~", "~/", "\\~", "%%", "&::", "&::luigi_base::flag", "# x", "\u2028"],
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
    const sections = fc.constantFrom("mine", "luigi_mine", "logging");
    let read = 0;
    await fc.assert(
        fc.asyncProperty(sections, text, text, async (section, one, other) => {
            const sample = {
                cfg: `[${section}]\na = ${one.replaceAll(/[#;]/g, "")}\n   ${other.replaceAll(/[#;]/g, "")}x`,
                environment: { ...environment, A: "set" },
                stack: { kubernetes, settings: { [section]: { b: other, c: `${one} ${other}` } } },
            };
            if (problemsOf(sample).length === 0) {
                read += 1;
                const { settings } = readSample(sample);
                assert.deepEqual((await readByLaw(settings))[section], expectedSections(settings)[section]);
            }
        }),
        { numRuns: runs },
    );
    assert.ok(read > runs / 3, `only ${read} of ${runs} were right`);
});
