// Texts and values that are broken, hostile or out of proportion, each with the whole message it gets, or read as it is meant.
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeProblem } from "../../config/errors.ts";
import { problemsOf, readSample, type Sample } from "./sample.ts";

const atTrain = "sandbox.cfg:2: [luigi_Train]";
const train = (lines: string): Sample => ({ cfg: `[luigi_Train]\n${lines}` });
const files = (texts: Sample["files"]): Sample => ({ files: texts ?? {} });
type Case = readonly [title: string, sample: Sample, ...lines: string[]];

const long = "x".repeat(1_000_000);

const texts: readonly Case[] = [
    [
        "a section twice",
        { cfg: "[luigi_Train]\nseed = 1\n[luigi_Train]\n" },
        "sandbox.cfg:3: [luigi_Train]: duplicate section, first at line 1 (keep one of them)",
    ],
    [
        "a key twice",
        train("seed = 1\nseed = 1"),
        "sandbox.cfg:3: [luigi_Train] seed: duplicate key, first at line 2 (keep one of them)",
    ],
    ["NUL", train("seed = 1\u00002"), "sandbox.cfg:2: the line holds the control character U+0000 (remove it)"],
    [
        "a line of a megabyte",
        train(`seed = ${long}`),
        "sandbox.cfg:2: the line has 1000007 characters; at most 65536 are read (a value may go on in indented lines)",
    ],
    [
        "a value of a megabyte on many lines",
        train(`config = x\n${`  ${"y".repeat(50_000)}\n`.repeat(20)}`),
        `${atTrain} config: has 1000021 characters; at most 65536 can be handed to a task`,
    ],
    [
        "a value of a megabyte in the stack's config",
        { stack: { settings: { luigi_wandb: { tags: long } } } },
        "stack config aframe:settings.luigi_wandb.tags: [luigi_wandb] tags: " +
            "has 1000000 characters; at most 65536 can be handed to a task",
    ],
    [
        "bytes that are no text",
        files({ "sandbox.cfg": Uint8Array.of(0x5b, 0xe9, 0x5d) }),
        "sandbox.cfg: is not UTF-8 text (save it as UTF-8)",
    ],
    [
        "UTF-16",
        files({ "sandbox.cfg": Buffer.from("\uFEFF[a]\n", "utf16le") }),
        "sandbox.cfg: is not UTF-8 text (save it as UTF-8)",
    ],
    [
        "a key without a value",
        train("use_wandb"),
        'sandbox.cfg:2: the line is not "key = value" (write "use_wandb =" for the default)',
    ],
];

const range = "is out of range: must be at least 1 and at most 64";

const numbers: readonly Case[] = [
    ["no GPU", train("request_gpus = 0"), `${atTrain} request_gpus: 0 ${range}`],
    ["less than no GPU", train("request_gpus = -1"), `${atTrain} request_gpus: -1 ${range}`],
    [
        "a part of a GPU",
        train("request_gpus = 1.5"),
        `${atTrain} request_gpus: "1.5" is not a whole number such as 4 or 500_000`,
    ],
    [
        "GPUs in words",
        train('request_gpus = "four"'),
        `${atTrain} request_gpus: "\\"four\\"" is not a whole number such as 4 or 500_000`,
    ],
    [
        "memory that is no number",
        train("memory_per_cpu = NaN"),
        `${atTrain} memory_per_cpu: "NaN" is not a number such as 4, 1.5 or 2e3`,
    ],
    [
        "endless memory",
        train("memory_per_cpu = 1e308"),
        `${atTrain} memory_per_cpu: 1e308 is out of range: must be more than 0 and at most 1024 GB`,
    ],
    [
        "more than endless memory",
        train("memory_per_cpu = 1e309"),
        `${atTrain} memory_per_cpu: "1e309" is not a number such as 4, 1.5 or 2e3`,
    ],
    [
        "negative memory",
        train("memory_per_cpu = -4"),
        `${atTrain} memory_per_cpu: -4 is out of range: must be more than 0 and at most 1024 GB`,
    ],
];

const gitForms = "(git@host:owner/name.git, ssh://git@host/owner/name.git or https://host/owner/name.git)";
const gitUrl = (text: string): Case => [
    `the git address ${text}`,
    train(`git_url = ${text}`),
    `${atTrain} git_url: ${JSON.stringify(text)} is not a git address that a pod can clone ${gitForms}`,
];
const gitRef = (text: string, reason: string): Case => [
    `the git ref ${text}`,
    train(`git_ref = ${text}`),
    `${atTrain} git_ref: ${JSON.stringify(text)} is not a branch, tag or commit: ${reason} (such as main or a full commit id)`,
];
const image = (text: string): Case => [
    `the image ${text}`,
    train(`remote_image = ${text}`),
    `${atTrain} remote_image: ${JSON.stringify(text)} is not a container image such as ghcr.io/ml4gw/aframe/train:main`,
];

const code: readonly Case[] = [
    gitUrl("--upload-pack=touch /tmp/x"),
    gitUrl("-oProxyCommand=touch"),
    gitUrl("ext::sh -c touch"),
    gitUrl("ssh://-oProxyCommand=x/y"),
    gitUrl("git@host:--upload-pack=x"),
    gitUrl("file:///srv/git"),
    gitUrl("git@host:a b"),
    gitRef("--upload-pack=x", "it starts with -"),
    gitRef("my feature", 'it holds " "'),
    gitRef("main..other", 'it holds ".."'),
    gitRef("../main", 'it holds ".."'),
    image("-v"),
    image("train main"),
    image("$(id):main"),
    image("Train:main"),
];

for (const [title, sample, ...lines] of [...texts, ...numbers, ...code]) {
    test(`${title.slice(0, 90)} is refused`, () => {
        assert.deepEqual(problemsOf(sample), lines);
    });
}

test("nine GPUs, and an image without a tag or digest, are doubtful", () => {
    const cfg = "[luigi_Train]\nrequest_gpus = 9\nremote_image = ghcr.io/ml4gw/aframe/train";
    assert.deepEqual(readSample({ cfg }).warnings.map(describeProblem), [
        "sandbox.cfg:3: [luigi_Train] remote_image: ghcr.io/ml4gw/aframe/train has no tag or digest, " +
            "so it may be another image at each start",
        "sandbox.cfg:2: [luigi_Train] request_gpus: 9 GPUs for one pod: most nodes have 8 at most, and a pod runs on one node",
    ]);
});

test("a byte order mark and the line ends of other systems are read as if they were not there", () => {
    const cfg = "\uFEFF[luigi_Train]\r\nseed = 3 # note\r\n[luigi_base]\rhighpass = 30\r\n";
    const { settings, warnings } = readSample({ cfg });
    assert.deepEqual([settings.training.seed, settings.training.highpassHz, warnings], [3, 30, []]);
});
