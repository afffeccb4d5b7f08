// The Lightning yaml of the training: mistakes, and what the cfg says otherwise.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are omegaconf's variables
import assert from "node:assert/strict";
import { test } from "node:test";
import { renderConfigFiles } from "../../cli/init/templates.ts";
import { describeProblem } from "../../config/errors.ts";
import { directory, kubernetes, localDirectories, remoteDirectories, type Sample, surveySample } from "./sample.ts";

const remote = { environment: remoteDirectories, stack: { kubernetes } } as const;

interface Told {
    readonly problems?: readonly string[];
    readonly warnings?: readonly string[];
}

function survey(yaml: string | Uint8Array, sample: Sample = {}): Required<Told> {
    const { settings, problems, warnings } = surveySample({ ...sample, files: { "train.yaml": yaml } });
    assert.ok(settings !== undefined);
    return { problems: problems.map(describeProblem), warnings: warnings.map(describeProblem) };
}

const advice = "(remove it here, or set it there)";
const data = (lines: string) =>
    `data:\n  class_path: train.data.Any\n  init_args:\n${lines.replaceAll(/^/gm, "    ")}\n`;

const overruled: readonly (readonly [title: string, yaml: string, sample: Sample, ...warnings: string[]])[] = [
    [
        "a sample rate",
        data("sample_rate: 4096"),
        { cfg: "[luigi_base]\nsample_rate = 2_048.0" },
        `train.yaml:4: data.init_args.sample_rate: 4096 has no effect: [luigi_Train] sample_rate = 2_048.0 at sandbox.cfg:2 wins ${advice}`,
    ],
    [
        "a seed",
        "# a comment\n\nseed_everything: 1",
        {},
        `train.yaml:3: seed_everything: 1 has no effect: [luigi_Train] seed = 1122 by default wins ${advice}`,
    ],
    [
        "detectors",
        data('ifos:\n  - "H1"\n  - "V1"'),
        {},
        `train.yaml:5: data.init_args.ifos: ["H1","V1"] has no effect: [luigi_Train] ifos = ["H1", "L1"] by default wins ${advice}`,
    ],
    [
        "a lowpass that the cfg leaves empty",
        data("lowpass: 500"),
        {},
        `train.yaml:4: data.init_args.lowpass: 500 has no effect: [luigi_Train] lowpass, which is empty by default, wins ${advice}`,
    ],
    [
        "values without a class",
        "data:\n  kernel_length: 2\n  fduration: 2\n  highpass: 20\n  fftlength: 4",
        { stack: { settings: { luigi_base: { fftlength: 2 } } } },
        `train.yaml:2: data.kernel_length: 2 has no effect: [luigi_Train] kernel_length = 1.5 by default wins ${advice}`,
        `train.yaml:3: data.fduration: 2 has no effect: [luigi_Train] fduration = 1 by default wins ${advice}`,
        `train.yaml:4: data.highpass: 20 has no effect: [luigi_Train] highpass = 32 by default wins ${advice}`,
        "train.yaml:5: data.fftlength: 4 has no effect: [luigi_Train] fftlength = 2 at stack config " +
            `aframe:settings.luigi_base.fftlength wins ${advice}`,
    ],
    [
        "a quality factor",
        data("q: 12"),
        { cfg: "[luigi_Train]\nq = 45.6\n[luigi_ExportLocal]\nq = 45.6" },
        `train.yaml:4: data.init_args.q: 12 has no effect: [luigi_Train] q = 45.6 at sandbox.cfg:2 wins ${advice}`,
    ],
    [
        "folders",
        `${data("data_dir: /elsewhere\nbackground_dir: s3://b/x\nwaveforms_dir: ~/x")}trainer: {logger: [{save_dir: /a}, {init_args: {save_dir: /b}}]}`,
        remote,
        "train.yaml:4: data.init_args.data_dir: /elsewhere has no effect: " +
            `AFRAME_TRAIN_DATA_DIR = s3://my-bucket/run/data/train in the stack's environment wins ${advice}`,
        "train.yaml:5: data.init_args.background_dir: s3://b/x has no effect: " +
            `AFRAME_TRAIN_DATA_DIR = s3://my-bucket/run/data/train in the stack's environment wins ${advice}`,
        "train.yaml:6: data.init_args.waveforms_dir: ~/x has no effect: " +
            `AFRAME_TRAIN_DATA_DIR = s3://my-bucket/run/data/train in the stack's environment wins ${advice}`,
        "train.yaml:7: trainer.logger.1.init_args.save_dir: /b has no effect: " +
            `AFRAME_TRAIN_RUN_DIR = s3://my-bucket/run/training in the stack's environment wins ${advice}`,
    ],
    [
        "the folder of a single logger",
        "trainer:\n  logger:\n    init_args:\n      save_dir: /elsewhere",
        {},
        "train.yaml:4: trainer.logger.init_args.save_dir: /elsewhere has no effect: " +
            `AFRAME_TRAIN_RUN_DIR = ${directory}/training in the stack's environment wins ${advice}`,
    ],
    [
        "a value behind an alias",
        "rate: &rate 4096\ndata:\n  sample_rate: *rate",
        {},
        `train.yaml:3: data.sample_rate: 4096 has no effect: [luigi_Train] sample_rate = 2048 by default wins ${advice}`,
    ],
    [
        "a checkpoint of this machine for a remote training",
        "ckpt_path: /home/somebody/last.ckpt",
        remote,
        "train.yaml:1: ckpt_path: /home/somebody/last.ckpt is a file of this machine, and training is remote, " +
            "where there is none (copy it to S3 and write its s3:// address)",
    ],
    [
        "a checkpoint that is not there",
        "ckpt_path: /none/last.ckpt",
        {},
        "train.yaml:1: ckpt_path: there is no file /none/last.ckpt",
    ],
];

for (const [title, yaml, sample, ...warnings] of overruled) {
    test(`${title} in the yaml is told with both places`, () => {
        assert.deepEqual(survey(yaml, sample), { problems: [], warnings });
    });
}

const silent: readonly (readonly [title: string, yaml: string, sample?: Sample])[] = [
    ["an empty file", ""],
    ["comments alone", "# nothing\n"],
    ["equal values", data('sample_rate: 2.048e3\nifos: ["H1", "L1"]\nkernel_length: 1.50\nlowpass:\nfftlength: null')],
    ["a quality factor that the cfg does not give", data("q: 12")],
    ["what a variable stands for", data("data_dir: ${oc.env:AFRAME_TRAIN_DATA_DIR}\nsample_rate: ${rate}")],
    ["the directories of the experiment", data(`data_dir: ${localDirectories.AFRAME_TRAIN_DATA_DIR ?? ""}/`)],
    ["folders of other loggers", "trainer: {logger: [{save_dir: /a}, {name: x}]}"],
    ["no logger", "trainer: {logger: false}"],
    ["a checkpoint on S3", "ckpt_path: s3://my-bucket/run/last.ckpt", remote],
    ["an empty checkpoint", 'ckpt_path: ""', remote],
    ["a checkpoint that is there", `ckpt_path: ${import.meta.filename}`],
];

for (const [title, yaml, sample = {}] of silent) {
    test(`${title}: nothing to tell`, () => {
        assert.deepEqual(survey(yaml, sample), { problems: [], warnings: [] });
    });
}

test("the yaml of aframe-init has nothing to tell, for local and for remote training", async () => {
    const files = await renderConfigFiles(directory);
    for (const sample of [{}, remote]) {
        assert.deepEqual(survey(files["train.yaml"], sample), { problems: [], warnings: [] });
    }
});

const wrong: readonly (readonly [title: string, yaml: string | Uint8Array, problem: string])[] = [
    [
        "a list that never ends",
        "model:\n  layers: [3, 4\ntrainer: {}",
        "train.yaml:3: is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    ["a key twice", "a: 1\nb: 2\na: 3", "train.yaml:3: is not YAML: Map keys must be unique"],
    ["a tab", "a:\n\tb: 1", "train.yaml:2: is not YAML: Tabs are not allowed as indentation"],
    ["a list", "- a\n- b", "train.yaml: holds a list, and not key: value (model:, data: and trainer:)"],
    ["a word", "hello", "train.yaml: holds one value, and not key: value (model:, data: and trainer:)"],
    [
        "bytes that are no text",
        Uint8Array.of(0x61, 0x3a, 0xff, 0xfe),
        "train.yaml: is not UTF-8 text (save it as UTF-8)",
    ],
    [
        "aliases that grow without an end",
        `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`).join("\n")}`,
        "train.yaml: cannot be used: Excessive alias count indicates a resource exhaustion attack",
    ],
];

for (const [title, yaml, problem] of wrong) {
    test(`${title} is no yaml for training`, () => {
        assert.deepEqual(survey(yaml), { problems: [problem], warnings: [] });
    });
}

test("a yaml elsewhere is named in full, and one that is a folder is refused", () => {
    const read = (path: string) => {
        if (path === "/shared") throw new Error("EISDIR: illegal operation on a directory, read");
        return path === "/shared/train.yaml" ? Buffer.from("seed_everything: 5") : undefined;
    };
    const of = (config: string) => surveySample({ cfg: `[luigi_Train]\nconfig = ${config}` }, read);
    assert.match(
        of("/shared/train.yaml").warnings.map(describeProblem).join("\n"),
        /^\/shared\/train\.yaml:1: seed_every/,
    );
    assert.deepEqual(of("/shared").problems.map(describeProblem), [
        "sandbox.cfg:2: [luigi_Train] config: /shared cannot be read: EISDIR: illegal operation on a directory, read",
    ]);
    assert.deepEqual(of("/opt/aframe/projects/train/train.yaml").problems, []);
});
