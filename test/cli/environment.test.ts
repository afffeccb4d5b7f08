import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { type RunFlags, takeOver } from "../../cli/environment.ts";
import { renderChange, StackFile } from "../../cli/stackFile.ts";

const root = mkdtempSync(path.join(tmpdir(), "aframe-environment-"));
const directory = path.join(root, "exp");
mkdirSync(directory);
writeFileSync(path.join(directory, "sandbox.cfg"), "");
writeFileSync(path.join(directory, "other.cfg"), "");
mkdirSync(path.join(root, "elsewhere"));
writeFileSync(path.join(root, "elsewhere", "sandbox.cfg"), "");
symlinkSync(directory, path.join(root, "link"));
after(() => {
    rmSync(root, { recursive: true, force: true });
});

const noFlags: RunFlags = { workers: undefined, gpus: undefined, dev: false };

async function changesOf(
    environment: Record<string, string>,
    flags: Partial<RunFlags> = {},
    more = "",
): Promise<string[]> {
    const text = `config:\n  aframe:directory: ${directory}\n  aframe:workers: 5\n  aframe:gpus: "0"\n  aframe:environment:\n    AFRAME_TMPDIR: /t/\n${more}`;
    const stack = new StackFile("stacks/Pulumi.exp.yaml", text);
    await takeOver(stack, environment, { ...noFlags, ...flags }, root);
    return stack.changes.map(renderChange);
}

describe("taking over what run.sh exports", () => {
    it("changes nothing when nothing is exported and no flag is given", async () => {
        assert.deepEqual(await changesOf({ PATH: "/bin", HOME: "/root" }), []);
        assert.deepEqual(await changesOf({}, {}, "  aframe:dev: true\n"), []);
    });

    it("copies the directories and the checkout, and no other variable", async () => {
        const environment = {
            AFRAME_TMPDIR: "/t/",
            AFRAME_TRAIN_RUN_DIR: "s3://b/p/training",
            AFRAME_REPO: "/aframe",
            AFRAME_STACK: "exp",
            AFRAME_CONTAINER_ROOT: "/images",
            AWS_SECRET_ACCESS_KEY: "canary",
        };
        assert.deepEqual(await changesOf(environment), [
            "aframe:environment.AFRAME_TRAIN_RUN_DIR: (not set) -> s3://b/p/training",
            "aframe:environment.AFRAME_REPO: (not set) -> /aframe",
        ]);
    });

    it("copies the flags, typed as the stack's config has them", async () => {
        assert.deepEqual(await changesOf({}, { workers: "8", gpus: "0,1", dev: true }), [
            "aframe:workers: 5 -> 8",
            "aframe:gpus: 0 -> 0,1",
            "aframe:dev: (not set) -> true",
        ]);
        assert.deepEqual(await changesOf({}, { workers: "5", gpus: "0" }), []);
        assert.deepEqual(await changesOf({}, { gpus: "" }), ["aframe:gpus: 0 -> "]);
    });

    it("turns dev off when run.sh, which sets LAW_CONFIG_FILE, no longer has --dev", async () => {
        const environment = { LAW_CONFIG_FILE: path.join(directory, "sandbox.cfg") };
        assert.deepEqual(await changesOf(environment, {}, "  aframe:dev: true\n"), ["aframe:dev: true -> false"]);
        assert.deepEqual(await changesOf(environment), []);
    });

    it("takes another cfg of the experiment's directory", async () => {
        const environment = { LAW_CONFIG_FILE: path.join(directory, "other.cfg") };
        assert.deepEqual(await changesOf(environment), ["aframe:config: (not set) -> other.cfg"]);
    });

    it("knows the directory by another name, and relative to the current one", async () => {
        assert.deepEqual(await changesOf({ LAW_CONFIG_FILE: path.join(root, "link", "sandbox.cfg") }), []);
        assert.deepEqual(await changesOf({ LAW_CONFIG_FILE: "exp/sandbox.cfg" }), []);
    });

    const wrong: [string, Record<string, string>, Partial<RunFlags>, string][] = [
        [
            "the cfg of another experiment",
            { LAW_CONFIG_FILE: path.join(root, "elsewhere", "sandbox.cfg") },
            {},
            `LAW_CONFIG_FILE is ${root}/elsewhere/sandbox.cfg, but the experiment of Pulumi.exp.yaml is in ${directory}; ` +
                "give the --stack of that file, or unset LAW_CONFIG_FILE",
        ],
        ["no file", { LAW_CONFIG_FILE: "/none/x.cfg" }, {}, "LAW_CONFIG_FILE is /none/x.cfg, which is not a file"],
        ["a folder", { LAW_CONFIG_FILE: directory }, {}, `LAW_CONFIG_FILE is ${directory}, which is not a file`],
        [
            "an empty directory",
            { AFRAME_TMPDIR: "" },
            {},
            "AFRAME_TMPDIR is set but empty; give it a directory or unset it",
        ],
        [
            "no number",
            {},
            { workers: "many" },
            'command line: aframe:workers: "many" is not right (a whole number from 1 to 256)',
        ],
        [
            "no workers",
            {},
            { workers: "0" },
            'command line: aframe:workers: "0" is not right (a whole number from 1 to 256)',
        ],
        [
            "no GPU ids",
            {},
            { gpus: "0, 1" },
            'command line: aframe:gpus: "0, 1" is not right (GPU ids with commas between, such as "0,1")',
        ],
    ];
    for (const [name, environment, flags, message] of wrong) {
        it(`refuses ${name}`, async () => {
            await assert.rejects(changesOf(environment, flags), { message });
        });
    }
});
