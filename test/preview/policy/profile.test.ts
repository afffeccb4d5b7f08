import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { ConfigError, describeProblem } from "../../../config/errors.ts";
import { parseProfile, readProfile } from "../../../preview/policy/profile.ts";
import { rules } from "../../../preview/policy/rules.ts";
import { temporaryDirectory } from "../../components/fixture.ts";

const place = { file: "stacks/Pulumi.test.yaml", key: "aframe:policyProfile" };
const nautilus = new URL("../../../preview/policy/nautilus.yaml", import.meta.url);

function linesOf(read: () => unknown): string[] {
    try {
        read();
    } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        return error.problems.map(describeProblem);
    }
    assert.fail("it was read");
}

describe("the profile of Nautilus", () => {
    it("has every rule that there is", () => {
        assert.deepEqual(Object.keys(readProfile("nautilus", place)).sort(), Object.keys(rules).sort());
    });

    it("says for each rule who wants it, and where that is written", () => {
        const profile = parse(readFileSync(nautilus, "utf8")) as { rules: Record<string, { source: string }> };
        for (const [rule, { source }] of Object.entries(profile.rules)) {
            assert.match(source, /^(Nautilus: https:\/\/nrp\.ai|Kubernetes: https:\/\/kubernetes\.io)\/\S+$/, rule);
        }
    });
});

describe("another profile", () => {
    it("is a file with an absolute path, and has only the rules that are in it", () => {
        const file = path.join(temporaryDirectory(), "mine.yaml");
        writeFileSync(file, "rules:\n  node-name: { source: me }\n");
        const profile = readProfile(file, place);
        assert.deepEqual(Object.keys(profile), ["node-name"]);
        assert.deepEqual(readProfile(file, place)["node-name"]?.({}), []);
    });

    it("may begin as a copy", () => {
        const file = path.join(temporaryDirectory(), "copy.yaml");
        copyFileSync(nautilus, file);
        assert.deepEqual(Object.keys(readProfile(file, place)), Object.keys(readProfile("nautilus", place)));
    });

    it("that does not exist is reported where it was named", () => {
        assert.deepEqual(
            linesOf(() => readProfile("nautilis", place)),
            ['stacks/Pulumi.test.yaml: aframe:policyProfile: there is no profile "nautilis" (did you mean nautilus?)'],
        );
        assert.deepEqual(
            linesOf(() => readProfile("somewhere-else", place)),
            [
                'stacks/Pulumi.test.yaml: aframe:policyProfile: there is no profile "somewhere-else" ' +
                    "(one of nautilus, or the absolute path of a file)",
            ],
        );
        assert.deepEqual(
            linesOf(() => readProfile("/nonexistent/p.yaml", place)),
            [
                "stacks/Pulumi.test.yaml: aframe:policyProfile: /nonexistent/p.yaml cannot be read: " +
                    "ENOENT: no such file or directory, open '/nonexistent/p.yaml'",
            ],
        );
    });

    const mistakes: readonly (readonly [string, string, readonly string[]])[] = [
        [
            "that is not YAML",
            "rules: [\n",
            ["p.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]"],
        ],
        ["that is empty", "# nothing\n", ["p.yaml:1: is empty (keys and values)"]],
        ["without rules", "name: mine\n", ["p.yaml:1: rules: is not set", "p.yaml:1: name: there is no such key"]],
        [
            "with a rule that does not exist",
            "rules:\n  no-idling:\n    source: me\n    commands: []\n  memory-uses:\n    source: me\n",
            ["p.yaml:5: rules.memory-uses: there is no such key (did you mean memory-use?)"],
        ],
        [
            "with a rule without parameters",
            "rules:\n  scratch:\n",
            ["p.yaml:2: rules.scratch: is empty (keys and values)"],
        ],
        [
            "without the source of a rule",
            "rules:\n  # why\n  node-name: {}\n",
            ["p.yaml:3: rules.node-name.source: is not set"],
        ],
        [
            "with wrong parameters, all at once",
            "rules:\n  scratch:\n    source: ''\n    most: 50 GB\n    from: 0.8\n    fromm: 80%\n",
            [
                'p.yaml:3: rules.scratch.source: "" is not right (a text)',
                'p.yaml:4: rules.scratch.most: "50 GB" is not right (a quantity such as 50Gi)',
                'p.yaml:5: rules.scratch.from: "0.8" is not right (a share such as 20%)',
                "p.yaml:6: rules.scratch.fromm: there is no such key (did you mean from?)",
            ],
        ],
        [
            "with a wrong item of a list",
            "rules:\n  gpu-counts:\n    source: me\n    why: x\n    counts:\n      - 1\n      - -2\n      - two\n",
            [
                'p.yaml:7: rules.gpu-counts.counts.1: "-2" is not right (a number, not below 0)',
                'p.yaml:8: rules.gpu-counts.counts.2: "two" is not right (a number)',
            ],
        ],
        [
            "with a value in the place of a list",
            "rules:\n  image-tags:\n    source: me\n    refused: latest\n",
            ['p.yaml:4: rules.image-tags.refused: "latest" is not right (a list of tags)'],
        ],
        [
            "with the same rule twice",
            "rules:\n  node-name: { source: me }\n  node-name: { source: me }\n",
            ["p.yaml:3: Map keys must be unique"],
        ],
    ];
    for (const [what, text, lines] of mistakes) {
        it(`${what} is reported with line and key`, () => {
            assert.deepEqual(
                linesOf(() => parseProfile(text, "p.yaml")),
                lines,
            );
        });
    }
});
