// The published Role, one verb less at a time: whoever lacks a right is told which, and nothing waits for ever.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { checkout } from "../machine/paths.ts";
import type { Experiment } from "./experiment.ts";
import { claim, Trainings } from "./trainings.ts";

interface Rule {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
}

interface Role {
    readonly metadata: { readonly name: string };
    readonly rules: readonly Rule[];
}

const role = parse(readFileSync(path.join(checkout, "docs/role.yaml"), "utf8")) as Role;
const trainings = await Trainings.prepare("rights");
const { namespace } = trainings;
const tried = new Set<string>();

/** Kubeconfig of a user whose Role has all but one verb of one rule; `right` is such as `create jobs`. */
async function without(right: string): Promise<string> {
    tried.add(right);
    const [verb = "", resource = ""] = right.split(" ");
    const user = `no-${verb}-${resource.replace("/", "-")}`;
    const rules = role.rules
        .map((rule) =>
            rule.resources[0] === resource ? { ...rule, verbs: rule.verbs.filter((v) => v !== verb) } : rule,
        )
        .filter(({ verbs }) => verbs.length > 0);
    await namespace.kubectl(["apply", "-f", "-"], { ...role, metadata: { name: user }, rules });
    const kubeconfig = `${namespace.kubeconfig}.${user}`;
    await namespace.addUser(user, kubeconfig, user);
    return kubeconfig;
}

async function run(experiment: Experiment, right: string, verb: string, code: number, args: readonly string[] = []) {
    const environment = { ...experiment.environment, KUBECONFIG: await without(right) };
    const given = [verb, "--stack", experiment.stack, ...args];
    const finished = await experiment.checkout.run("aframe", given, environment);
    const text = finished.stdout + finished.stderr;
    assert.equal(finished.code, code, `without ${right}: ${text}`);
    return text;
}

/** Runs a command that cannot do without a right, and looks for the words that ask for it. */
async function refused(experiment: Experiment, right: string, verb: string, args: readonly string[] = []) {
    const text = await run(experiment, right, verb, 1, args);
    const [wanted = "", resource = ""] = right.split(" ");
    const kinds = role.rules.find(({ resources }) => resources[0] === resource)?.resources.join("|") ?? "";
    const where = `in the namespace ${namespace.name}`;
    const ask = `ask for the verb ${wanted} on (${kinds})\\S*( \\(docs/role\\.yaml\\))? for system:serviceaccount:`;
    assert.match(text, new RegExp(`you may not ${wanted} (${kinds}) ${where}.*${ask}`), `without ${right}: ${text}`);
}

describe("without one verb of the Role", { concurrency: true, timeout: 240_000 }, () => {
    /** It waits for a GPU, and nobody waits for it. */
    const waiting = async (stack: string) => {
        const experiment = await trainings.make(stack, ["pass"], { config: { ...claim, "aframe:wait": false } });
        experiment.set("luigi_Train", "request_gpus", "64");
        return experiment;
    };

    const destroyed = async (experiment: Experiment) => {
        await experiment.mustRun("destroy", ["--yes"]);
        const left = (await namespace.names()).filter((name) => name.includes(` aframe-${experiment.stack}-`));
        assert.deepEqual(left, []);
    };

    it("making an experiment names the verb, and goes on from there with it", async () => {
        const experiment = await waiting("made");
        await refused(experiment, "create configmaps", "up");
        await refused(experiment, "create jobs", "up");
        await refused(experiment, "get jobs", "up");
        await refused(experiment, "patch jobs", "up");
        await refused(experiment, "list jobs", "up");
        await refused(experiment, "list pods", "up");
        await destroyed(experiment);
    });

    it("changing, looking at and destroying one do so too; events are not missed", async () => {
        const experiment = await waiting("kept");
        await run(experiment, "list events", "up", 0);
        await refused(experiment, "get configmaps", "refresh");
        experiment.set("luigi_s3", "aws_access_key_id", "other");
        experiment.set("luigi_s3", "aws_secret_access_key", "key");
        await refused(experiment, "patch configmaps", "up");
        await refused(experiment, "delete jobs", "destroy", ["--yes"]);
        await refused(experiment, "delete configmaps", "destroy", ["--yes"]);
        await destroyed(experiment);
    });

    for (const kind of ["jobs", "pods"]) {
        it(`who may not watch ${kind} still sees a training end`, async () => {
            const experiment = await trainings.make(`deaf-${kind}`, ["time.sleep(2)"]);
            assert.match(await run(experiment, `watch ${kind}`, "up", 0), /training finished/);
        });
    }

    it("who may not read logs is told why training failed, and which verb shows its log", async () => {
        const experiment = await trainings.make("mute", ["sys.exit(84)"]);
        assert.match(await run(experiment, "get pods/log", "up", 1), /training failed in a way .* exit code 84/);
        const environment = { ...experiment.environment, KUBECONFIG: `${namespace.kubeconfig}.no-get-pods-log` };
        const { stdout, stderr } = await experiment.checkout.run("aframe", ["logs", "--stack", "mute"], environment);
        assert.match(stderr + stdout, /you may not get pods\/log in the namespace .*ask for the verb get on pods\/log/);
    });
});

it("every verb of the Role was tried", () => {
    const all = role.rules.flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources[0]}`));
    assert.deepEqual([...tried].sort(), all.sort());
});
