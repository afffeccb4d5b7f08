// Whether law and its tasks are found: by real law, and by commands that fail in every way.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { temporaryDirectory } from "../../../components/fixture.ts";
import { until } from "../../../pipeline/fixtures/until.ts";
import { snapshot } from "../snapshot.ts";
import { writeAframe } from "./aframe.ts";
import { askLaw, environment, law, miniatureLaw, reportsOf, script, subjectOf, told } from "./subject.ts";

const directory = temporaryDirectory();

describe("law with the tasks of the experiment", () => {
    it("is told with its version and its Python", async () => {
        const [first, second] = await askLaw(miniatureLaw);
        assert.equal(first?.status, "passed");
        assert.match(first.summary, /^law 0\.1\.\d+ with Python 3\.\d+\.\d+ \(\S+\.venv\/bin\/python\)$/);
        assert.deepEqual([second?.status, second?.summary], ["passed", "9 of 9 tasks found"]);
    });

    it("leaves nothing behind: no compiled modules, no index of tasks, no cfg", async () => {
        const home = path.join(directory, "home");
        const packages = path.join(home, "packages");
        writeAframe(packages);
        const subject = subjectOf({ stack: { law: [law] } });
        const { directory: experiment } = subject.settings.stack;
        const [before, beforeHome] = [snapshot(experiment), snapshot(home)];
        const ambient = { ...subject.environment, HOME: home, PYTHONPATH: packages };
        const [, tasks] = await reportsOf({ ...subject, environment: ambient }, ["law", "law tasks"]);
        assert.equal(tasks?.summary, "9 of 9 tasks found");
        assert.deepEqual([snapshot(experiment), snapshot(home)], [before, beforeHome]);
    });

    it("gets the cfg of the experiment, and none of the variables that would change it", async () => {
        const packages = path.join(directory, "curious");
        const see = [
            "import os, law",
            "class TrainLocal(law.Task): pass",
            'seen = [law.config.get("luigi_base", "sample_rate"), os.environ.get("LAW_HOME"), os.environ["AFRAME_TMPDIR"]]',
            "raise ValueError(str(seen))",
        ];
        writeAframe(packages, { replaced: { "tasks/train/train": see.join("\n") } });
        const subject = subjectOf({ stack: { law: [law] }, cfg: "[luigi_base]\nsample_rate = 4096\n" });
        const ambient = { ...subject.environment, PYTHONPATH: packages, LAW_HOME: "/elsewhere" };
        const [, tasks] = await reportsOf({ ...subject, environment: ambient }, ["law", "law tasks"]);
        const { tmp } = subject.settings.directories;
        assert.match(told(tasks).join(), new RegExp(`ValueError: \\['4096', None, '${tmp.path}/?'\\]`));
    });
});

describe("law without the tasks of the experiment", () => {
    it("has no Aframe: one error for all of them", async () => {
        const [first, second] = await askLaw([law]);
        assert.equal(first?.status, "passed");
        assert.equal(second?.summary, "0 of 9 tasks found");
        assert.deepEqual(told(second), [
            "error: stacks/Pulumi.test.yaml: aframe:law: law cannot import the tasks FetchTrain, TrainingWaveforms, " +
                `ValidationWaveforms and 6 more: the Python of law (${environment}/bin/python) has no module aframe ` +
                "(install Aframe there, or name the law of its environment in aframe:law)",
        ]);
    });

    it("has an Aframe that lacks a package, is broken, or is of another version", async () => {
        const packages = path.join(directory, "faulty");
        writeAframe(packages, {
            replaced: {
                "tasks/data/fetch": "import gwpyx",
                "tasks/export/export": "def broken(:",
                "pipelines/sandbox/sandbox": "import law\nclass SandboxInfers(law.Task): pass\nSandboxSV = 1",
            },
        });
        const subject = subjectOf({ stack: { law: [law] } });
        const ambient = { ...subject.environment, PYTHONPATH: packages };
        const [, tasks] = await reportsOf({ ...subject, environment: ambient }, ["law", "law tasks"]);
        assert.equal(tasks?.summary, "4 of 9 tasks found");
        const start = "error: stacks/Pulumi.test.yaml: aframe:law: law cannot import the";
        const [fetch, exporting, sandbox, ...more] = told(tasks);
        assert.ok(fetch?.startsWith(`${start} tasks FetchTrain, FetchTest: the Python of law`));
        assert.match(fetch ?? "", / has no module gwpyx \(install Aframe there/);
        assert.ok(exporting?.startsWith(`${start} task ExportLocal: SyntaxError: invalid syntax (export.py, line 1)`));
        assert.ok(
            sandbox?.startsWith(`${start} tasks SandboxInfer, SandboxSV: aframe.pipelines.sandbox.sandbox has no`),
        );
        assert.match(sandbox ?? "", / has no such task \(did you mean SandboxInfers\?\)$/);
        assert.deepEqual(more, []);
    });
});

describe("a command that is no law", () => {
    const place = "stacks/Pulumi.test.yaml: aframe:law";
    const broken = script(directory, "broken", "echo starting", "echo 'no such luck' >&2", "exit 3");
    const rows: readonly (readonly [string, readonly string[], RegExp])[] = [
        ["is not there", ["lawless"], /^error: \S+: aframe:law: there is no command lawless \(set AFRAME_REPO to/],
        [
            "fails",
            [broken],
            /^error: \S+: aframe:law: \S+broken failed with exit code 3\n {4}starting\n {4}no such luck$/,
        ],
        ["ends well, but does nothing", ["true"], /^error: \S+: aframe:law: true ended, but is not law$/],
        [
            "does not take modules from here",
            [path.join(environment, "bin", "python"), "-I", law],
            /^unknown: \S+: aframe:law: .* does not look for modules in PYTHONPATH/,
        ],
    ];
    for (const [what, command, message] of rows) {
        it(`${what}: that is said once, and its tasks are not spoken of`, async () => {
            const [first, second] = await askLaw(command);
            assert.match(told(first).join("; "), message);
            assert.deepEqual([second?.status, second?.summary, told(second)], ["skipped", "law does not run", []]);
            assert.ok(told(first).join().includes(place));
        });
    }

    it("hangs: a doubt, said once, and it is ended with all it has started", async () => {
        const pids = path.join(directory, "pids");
        const hanging = script(directory, "hanging", `echo $$ >> ${pids}`, `sleep 600 & echo $! >> ${pids}`, "wait");
        const subject = subjectOf({ stack: { law: [hanging] } });
        const reports = await reportsOf(subject, ["law", "law tasks", "containers"], 3000);
        assert.deepEqual(
            reports.map(({ status }) => status),
            ["warned", "skipped", "skipped"],
        );
        assert.deepEqual(told(reports[0]), ["warning: this machine: law: no answer within 3 s"]);
        const started = readFileSync(pids, "utf8").trim().split("\n").map(Number);
        assert.equal(started.length, 2);
        await until("the end of all that was started", () =>
            Promise.resolve(started.some((pid) => existsSync(`/proc/${pid}`)) ? undefined : true),
        );
    });

    it("never shows a credential that it prints", async () => {
        const canary = "0123456789abcdef0123456789abcdef01234567";
        const leaking = script(directory, "leaking", `echo the key is ${canary}`, "exit 1");
        const subject = subjectOf({ stack: { law: [leaking] }, subject: { wandbApiKey: canary } });
        const [first] = await reportsOf(subject, ["law"]);
        assert.match(told(first).join(), /the key is \[secret\]/);
    });
});
