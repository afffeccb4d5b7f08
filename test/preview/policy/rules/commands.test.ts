import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readPod } from "../../../../preview/policy/pod.ts";
import { podWith, type RuleCase, said, testRule, train } from "../fixture.ts";

const working: readonly (readonly [string, readonly string[]])[] = [
    ["a script of its own", ["python", "/aframe/bin/start_training.py"]],
    ["the image's own command", []],
    ["an argument that is called sleep", ["python", "train.py", "sleep"]],
    ["a sleep before the work", ["sh", "-c", "sleep 5; exec python train.py"]],
    ["a quoted sleep", ["bash", "-c", 'echo "a; sleep 5"']],
    ["a sleep in a comment", ["bash", "-c", "python train.py # don't\n# sleep 5"]],
    ["a shell script from a file", ["sh", "sleep.sh"]],
    ["a work of many lines", ["bash", "-euo", "pipefail", "-c", "sleep 1\nif true; then\n  python train.py\nfi\n"]],
    ["a tail that ends", ["sh", "-c", "python train.py | tail -n 20"]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
    ["values of variables", ["sh", "-c", 'python "${A:-b c}" ${x[@]} $(hostname) $((1 + 2)) ${']],
    ["Python that sleeps first", ["python", "-c", "import time; time.sleep(1); work()"]],
];

const idling: readonly (readonly [string, readonly string[], string])[] = [
    ["sleep", ["sleep", "infinity"], "sleep"],
    ["a path to it", ["/bin/sleep", "1d"], "sleep"],
    ["sleep by way of another program", ["/sbin/tini", "--", "env", "A=1", "sleep", "5"], "sleep"],
    ["tail -f", ["tail", "-n0", "-f", "/dev/null"], "tail -f"],
    ["sleep at the end of a script", ["sh", "-c", "python train.py; sleep 3600"], "sleep"],
    ["sleep at the end of many lines", ["/bin/bash", "-lc", "python train.py\nsleep 60 # wait for upload\n"], "sleep"],
    ["sleep when work fails", ["bash", "-c", "python train.py || sleep infinity"], "sleep"],
    ["sleep beside the work", ["bash", "-c", "python train.py & sleep infinity & wait"], "sleep"],
    ["sleep in a loop", ["bash", "-c", "while true; do sleep 60; done"], "sleep"],
    ["sleep in a branch", ["bash", "-c", "if x; then a; else\n  exec sleep 5\nfi"], "sleep"],
    ["sleep in a group", ["bash", "-c", "a && (b; sleep 3)"], "sleep"],
    ["sleep before a polite end", ["bash", "-c", "python train.py; sleep 5; exit 0"], "sleep"],
    ["a shell in a shell", ["sh", "-c", "bash -c 'work; sleep 9'"], "sleep"],
    ["tail -f after the work", ["sh", "-c", "python train.py > log; tail -f /dev/null"], "tail -f"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
    ["sleep after what variables hold", ["bash", "-c", 'run "${A:-b c}" $((1 + 2)); sleep $TIME'], "sleep"],
    ["Python that sleeps", ["python3", "-c", "import time\nwhile True: time.sleep(60)"], "sleep()"],
];

function both(when: string, words: readonly string[], says: string[]): RuleCase[] {
    const asCommand = podWith({ containers: [train({ command: words })] });
    const withArguments = podWith({ containers: [train({ command: words.slice(0, 1), args: words.slice(1) })] });
    return [
        { when, spec: asCommand, says },
        { when: `${when}, given as arguments`, spec: withArguments, says },
    ];
}

const policies = "Nautilus: https://nrp.ai/documentation/userdocs/start/policies";

testRule("no-idling", policies, [
    ...working.flatMap(([when, words]) => both(when, words, [])),
    ...idling.flatMap(([when, words, idle]) =>
        both(when, words, [`container train ends in ${idle}, and a Job must not idle`]),
    ),
    {
        when: "a container that idles before the training",
        spec: podWith({ initContainers: [train({ name: "early", command: ["sleep"], args: ["5"] })] }),
        says: ["container early ends in sleep, and a Job must not idle"],
    },
]);

describe("the rule no-idling and any script", () => {
    const words = [
        "sleep",
        "5",
        "$",
        "{",
        "}",
        "(",
        ")",
        "'",
        '"',
        "`",
        "\\",
        ";",
        "&",
        "|",
        "\n",
        "#",
        " ",
        "<",
        ">",
        "x",
        "do",
    ];

    it("finds a sleep behind it when a line of its own ends the script", () => {
        const balanced = fc.array(fc.constantFrom("work", "a b", ";", "&&", "'q;'", '"$x"', "\n", "# note\n"));
        const script = balanced.map((parts) => `true ${parts.join(" ")}\nsleep 5`);
        fc.assert(
            fc.property(script, (text) => {
                const pod = readPod({ spec: podWith({ containers: [train({ command: ["sh", "-c", text] })] }) });
                assert.equal(said("no-idling", { pod }, policies).length, 1);
            }),
        );
    });

    it("has an answer to it, however broken", () => {
        const script = fc.array(fc.constantFrom(...words), { maxLength: 20 }).map((parts) => parts.join(""));
        fc.assert(
            fc.property(script, (text) => {
                const pod = readPod({ spec: podWith({ containers: [train({ command: ["sh", "-c", text] })] }) });
                assert.ok(said("no-idling", { pod }, policies).length <= 1);
            }),
        );
    });
});
