import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { renderChange, StackFile } from "../../cli/stackFile.ts";

const root = mkdtempSync(path.join(tmpdir(), "aframe-stack-file-"));
after(() => {
    rmSync(root, { recursive: true, force: true });
});

const secret = `v1:${"x".repeat(200)}:${"y".repeat(100)}`;
const text = `# my experiment
encryptionsalt: v1:salt:v1:nonce:text
config:
  # where it is
  aframe:directory: /d

  aframe:environment:
    # from run.sh
    AFRAME_TMPDIR: /d/tmp/ # scratch
  aframe:workers: 5
  aframe:gpus: "0"
  aframe:wandbApiKey:
    secure: ${secret}
  kubernetes:context: other
  # the end
`;

describe("editing a stack's file", () => {
    it("changes the value and keeps every other byte", () => {
        const file = new StackFile("f", text);
        file.set(["environment", "AFRAME_TMPDIR"], "/elsewhere/tmp/");
        file.set(["workers"], 7);
        const expected = text.replace("/d/tmp/", "/elsewhere/tmp/").replace("workers: 5", "workers: 7");
        assert.equal(file.toString(), expected);
    });

    it("adds what is not there, in a map of its own where needed", () => {
        const file = new StackFile("f", "config:\n  aframe:directory: /d\n");
        file.set(["environment", "AFRAME_REPO"], "/r");
        file.set(["gpus"], "0");
        const expected =
            'config:\n  aframe:directory: /d\n  aframe:environment:\n    AFRAME_REPO: /r\n  aframe:gpus: "0"\n';
        assert.equal(file.toString(), expected);
    });

    it("takes a value out, with the maps that held nothing else, and keeps every other byte", () => {
        const file = new StackFile("f", text);
        assert.equal(file.remove(["workers"]), true);
        assert.equal(file.remove(["workers"]), false);
        assert.equal(file.remove(["environment", "AFRAME_TMPDIR", "deeper"]), false);
        assert.equal(file.toString(), text.replace("  aframe:workers: 5\n", ""));
        assert.equal(file.remove(["environment", "AFRAME_TMPDIR"]), true);
        assert.deepEqual(Object.keys(file.config), ["directory", "gpus"]);
    });

    it("begins a file that is empty", () => {
        const file = new StackFile("f", "");
        file.set(["workers"], 3);
        assert.equal(file.toString(), "config:\n  aframe:workers: 3\n");
    });

    it("tells each change with the old and the new value, and no change that is none", () => {
        const file = new StackFile("f", text);
        file.set(["workers"], 5);
        file.set(["gpus"], "0,1");
        file.set(["environment", "AFRAME_REPO"], "/r");
        assert.deepEqual(file.changes.map(renderChange), [
            "aframe:gpus: 0 -> 0,1",
            "aframe:environment.AFRAME_REPO: (not set) -> /r",
        ]);
    });

    it("writes nothing when nothing has changed", async () => {
        const name = path.join(root, "Pulumi.same.yaml");
        writeFileSync(name, text.replace("# the end", "#   the end   "));
        const file = await StackFile.read(name);
        file.set(["workers"], 5);
        await file.save();
        assert.equal(readFileSync(name, "utf8"), text.replace("# the end", "#   the end   "));
    });
});

describe("reading a stack's file", () => {
    it("gives the project's values without namespace, without encrypted ones and without other projects'", () => {
        assert.deepEqual(new StackFile("f", text).config, {
            directory: "/d",
            environment: { AFRAME_TMPDIR: "/d/tmp/" },
            workers: 5,
            gpus: "0",
        });
    });

    it("names file and line of what is no YAML", () => {
        assert.throws(() => new StackFile("/s/Pulumi.x.yaml", "config:\n  a: [1\n  b: 2\n"), {
            name: "UsageError",
            message: /^\/s\/Pulumi\.x\.yaml:3: .+$/,
        });
    });

    it("refuses a file that holds something else", () => {
        for (const wrong of ["- a\n", "text", "config: 3\n", "config: [a]\n"]) {
            assert.throws(
                () => new StackFile("f", wrong),
                { message: 'f: must be a map whose key "config" is a map' },
                wrong,
            );
        }
    });
});
