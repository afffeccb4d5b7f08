// Programs that log in to a cluster, as a kubeconfig names them: real ones, which behave and which do not.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { ClusterAccess } from "../../../../preview/preflight/cluster/access.ts";
import { askPlugin, type ExecPlugin, wantsBrowser } from "../../../../preview/preflight/cluster/plugin.ts";
import { until } from "../../../pipeline/fixtures/until.ts";
import { ask, subjectOf, toldBy } from "./asked.ts";
import { file, kubeconfig } from "./kubeconfigs.ts";

const credential = (status: object) => JSON.stringify({ kind: "ExecCredential", status });
const program = (...lines: string[]) => file(["#!/bin/sh", ...lines, ""].join("\n"));

function request(plugin: ExecPlugin, signal = AbortSignal.timeout(60_000)) {
    return { plugin, environment: { PATH: process.env.PATH }, file: "config", context: "nautilus", signal };
}

/** What is said of a plugin that gives nothing; a program's random name is cut. */
async function refused(plugin: ExecPlugin, signal?: AbortSignal): Promise<string> {
    const answer = await askPlugin(request(plugin, signal));
    assert.ok("level" in answer, "it gave a credential");
    return toldBy({ summary: "", findings: [answer] })
        .join()
        .replace(/file-\d+/, "PROGRAM");
}

describe("a plugin", () => {
    it("gives a token, with its own variables and arguments", async () => {
        const command = program(`echo '${credential({ token: "T" })}' | sed "s/T/$1-$FLAVOUR/"`);
        const plugin = { command, args: ["--plain"], env: [{ name: "FLAVOUR", value: "sweet" }] };
        assert.deepEqual(await askPlugin(request(plugin)), { token: "--plain-sweet" });
    });

    it("is told that nobody answers, and has neither input nor our terminal", async () => {
        const command = program(
            'case "$KUBERNETES_EXEC_INFO" in *\'"interactive":false\'*) ;; *) exit 1;; esac',
            "if read -r line; then exit 2; fi",
            'read -r _ _ _ _ _ session _ < /proc/$$/stat; [ "$session" = $$ ] || exit 3',
            `echo '${credential({ token: "T" })}'`,
        );
        assert.deepEqual(await askPlugin(request({ command })), { token: "T" });
    });

    const login = "(log in once: kubectl --context nautilus get pods)";
    const rows: Readonly<Record<string, readonly [ExecPlugin, string]>> = {
        "that is not there is told with the way to get it": [
            { command: "kubectl-nowhere", installHint: "Get it with krew.\nOr else." },
            "error: config: the plugin kubectl-nowhere is not on PATH (Get it with krew.)",
        ],
        "that fails is told with the last it said, and without its options": [
            {
                command: program("echo long talk >&2; echo no such realm >&2; exit 1"),
                args: ["get-token", "--secret=CANARY"],
            },
            `error: config: the plugin PROGRAM get-token failed: no such realm ${login}`,
        ],
        "that prints no credential is told, without what it printed": [
            { command: program("echo CANARY") },
            "error: config: the plugin PROGRAM gave neither a token nor a certificate",
        ],
        "that prints an empty credential is told": [
            { command: program(`echo '${credential({})}'`) },
            "error: config: the plugin PROGRAM gave neither a token nor a certificate",
        ],
        "that wants a terminal is not started": [
            { command: program("exit 1"), interactiveMode: "Always" },
            "warning: config: the plugin PROGRAM wants a terminal, so the cluster was not asked",
        ],
    };
    for (const [name, [plugin, words]] of Object.entries(rows)) {
        it(name, async () => {
            assert.equal(await refused(plugin), words);
        });
    }

    it("that hangs is ended with all that it started", async () => {
        const pids = file("");
        const command = program("sleep 600 &", `echo $$ $! > ${pids}`, "wait");
        const limit = new AbortController();
        const answer = refused({ command }, limit.signal);
        const [own = 0, child = 0] = await until("its start", () => {
            const found = readFileSync(pids, "utf8").trim().split(" ").map(Number);
            return Promise.resolve(found.length === 2 ? found : undefined);
        });
        limit.abort();
        assert.equal(
            await answer,
            `warning: config: the plugin PROGRAM did not answer in time; it may be waiting for you ${login}`,
        );
        for (const pid of [own, child]) {
            await until("its end", () => Promise.resolve(!isRunning(pid) || undefined));
        }
    });

    it("that may have opened a browser is told as one that may, and the cluster is not asked", async () => {
        const exec = {
            apiVersion: "client.authentication.k8s.io/v1",
            command: program("sleep 600"),
            args: ["oidc-login"],
        };
        const access = new ClusterAccess(
            subjectOf({ kubeconfig: kubeconfig({ user: { exec } }) }),
            AbortSignal.timeout(200),
        );
        const signal = new AbortController().signal;
        const [finding = ""] = toldBy(await access.kubeconfig(signal));
        assert.match(
            finding,
            /^warning: .*: the plugin \S+ oidc-login did not answer in time; it may want to log you in with a browser \(log in once: /,
        );
        await assert.rejects(access.connection(signal), { name: "Blocked", message: "the kubeconfig cannot be used" });
    });

    it("is started once for all checks", async () => {
        const runs = file("");
        const command = program(`echo run >> ${runs}`, `echo '${credential({ token: "T" })}'`);
        const exec = { apiVersion: "client.authentication.k8s.io/v1", command };
        const said = await ask({ kubeconfig: kubeconfig({ user: { exec } }) });
        assert.match(said.get("kubeconfig")?.[0] ?? "", /^passed: /);
        assert.match(said.get("server")?.[0] ?? "", /^failed: /);
        assert.equal(readFileSync(runs, "utf8"), "run\n");
    });
});

function isRunning(pid: number): boolean {
    // One that nobody has asked about yet is still listed.
    return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

describe("a plugin that may want a browser", () => {
    const rows: readonly [string, readonly string[], boolean][] = [
        ["kubectl", ["oidc-login", "get-token", "--oidc-issuer-url=https://auth.nrp-nautilus.io"], true],
        ["/usr/local/bin/kubectl-oidc_login", ["get-token"], true],
        ["kubelogin", ["get-token", "--login", "devicecode"], true],
        ["aws", ["sso", "get-token"], true],
        ["aws", ["eks", "get-token", "--cluster-name", "x"], false],
        ["gke-gcloud-auth-plugin", [], false],
    ];
    for (const [command, args, expected] of rows) {
        it(`is ${expected ? "" : "not "}${[command, ...args].join(" ")}`, () => {
            assert.equal(wantsBrowser({ command, args }), expected);
        });
    }
});
