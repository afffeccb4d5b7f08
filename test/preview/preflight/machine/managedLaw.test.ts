// law in the environments of uv and poetry, which are only asked where theirs is: both write when they run something.
import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { temporaryDirectory } from "../../../components/fixture.ts";
import { askLaw, environment, reportsOf, script, subjectOf, told } from "./subject.ts";

const directory = temporaryDirectory();

describe("law of a managed environment", () => {
    const checkout = path.join(directory, "checkout");
    const uv = script(directory, "bin/uv", `echo "$@" >> ${directory}/uv-calls`, "echo uv 0.0.0");
    const calls = (manager: string) => readFileSync(path.join(directory, `${manager}-calls`), "utf8");
    mkdirSync(checkout);

    it("is asked without uv, which would make the environment: when there is none, that is a doubt", async () => {
        const [first, second] = await askLaw([uv, "run", "--project", checkout, "law"]);
        const made = path.join(checkout, ".venv", "bin", "law");
        assert.deepEqual(told(first), [
            `warning: stacks/Pulumi.test.yaml: aframe:law: there is no ${made} yet, and uv would have to make it before ` +
                `the first stage (make it now, to see whether that works: ${uv} sync --project ${checkout})`,
        ]);
        assert.equal(second?.status, "skipped");
        assert.equal(calls("uv"), "--version\n");
        assert.ok(!existsSync(made));
    });

    it("lacks a module that uv may install before the first stage", async () => {
        symlinkSync(environment, path.join(checkout, ".venv"));
        const [first, second] = await askLaw([uv, "run", `--project=${checkout}`, "law"]);
        assert.equal(first?.status, "passed");
        assert.equal(second?.status, "warned");
        assert.match(told(second).join(), new RegExp(` has no module aframe \\(${uv} sync --project ${checkout}\\)$`));
    });

    it("is found through the lock file of the checkout, whose uv may be missing", async () => {
        writeFileSync(path.join(checkout, "uv.lock"), "version = 1\n");
        const subject = subjectOf({ variables: { AFRAME_REPO: checkout } });
        const { law: _, ...stack } = subject.settings.stack;
        const empty = path.join(directory, "empty");
        mkdirSync(empty);
        const here = { ...subject, settings: { ...subject.settings, stack }, environment: { PATH: empty } };
        const [first] = await reportsOf(here, ["law"]);
        assert.deepEqual(told(first), [
            "error: stack config aframe:environment.AFRAME_REPO: there is no command uv " +
                "(install it, or name another law in aframe:law)",
        ]);
    });

    it("is asked for from poetry, which is not told to run anything", async () => {
        const answer = path.join(directory, "poetry-environment");
        const poetry = script(directory, "bin/poetry", `echo "$@" >> ${directory}/poetry-calls`, `cat ${answer}`);
        const command = [poetry, "--project", checkout, "run", "law"];
        const [without] = await askLaw(command);
        assert.deepEqual(told(without), [
            "error: stacks/Pulumi.test.yaml: aframe:law: poetry has no environment for law " +
                `(${poetry} --project ${checkout} install)`,
        ]);
        appendFileSync(answer, `${environment}\n`);
        const [first, second] = await askLaw(command);
        assert.equal(first?.status, "passed");
        assert.match(told(second).join(), /^error: .* has no module aframe \(\S+poetry --project \S+ install\)$/);
        assert.equal(calls("poetry"), `--project ${checkout} env info --path\n`.repeat(2));
    });
});
