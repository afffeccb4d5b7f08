// Starts and stops the whole cluster.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { provideImages } from "../images/provide.ts";
import { type Binaries, provideBinaries } from "./binaries.ts";
import { fillCluster, kubectl } from "./contents.ts";
import { prepareControlPlane } from "./controlPlane.ts";
import { prepareNode } from "./node.ts";
import { installPackages, requireMachine } from "./packages.ts";
import { containerdSocket, inState, network, nodeName, stateDirectory } from "./paths.ts";

const pidFile = inState("pid");
const startSeconds = 120;

/** Makes what is missing of programs and images, then starts the cluster; leaves one that runs as it is. */
export async function startCluster(say: (line: string) => void): Promise<void> {
    requireMachine();
    await installPackages(say);
    const binaries = await provideBinaries(say);
    const images = await provideImages(say);
    if (isRunning()) {
        say("the cluster runs already");
        return;
    }
    await stopCluster();
    say("starting the cluster");
    await mkdir(inState("logs"), { recursive: true, mode: 0o700 });
    await Promise.all([prepareControlPlane(), prepareNode(), makeBridge()]);
    const machine = startMachine();
    try {
        await untilReady(machine, "containerd", () => ctr("version"));
        await untilReady(machine, "the node", () => nodeIsThere(binaries));
        await ctr("images", "import", images);
        await untilReady(machine, "the node", () => nodeIsReady(binaries));
        await fillCluster(binaries);
    } catch (error) {
        await stopCluster(true);
        throw error;
    }
    machine.unref();
}

/** Ends every process and pod, and removes all that the cluster left; `keepLogs` is for finding out what went wrong. */
export async function stopCluster(keepLogs = false): Promise<void> {
    const pid = runningPid();
    if (pid !== undefined) {
        // It takes its process namespace with it, and that every mount and network namespace in it.
        process.kill(pid, "SIGKILL");
        while (isAlive(pid)) {
            await sleep(50);
        }
    }
    await execa("ip", ["link", "delete", network.bridge], { reject: false });
    await removeCgroups();
    const entries = existsSync(stateDirectory) ? await readdir(stateDirectory) : [];
    for (const entry of entries.filter((name) => !(keepLogs && name === "logs"))) {
        await rm(inState(entry), { recursive: true, force: true });
    }
    if (!keepLogs) {
        await rm(stateDirectory, { recursive: true, force: true });
    }
}

export function isRunning(): boolean {
    return runningPid() !== undefined;
}

/** Pids are used again, so the process must also be the one that was started. */
function runningPid(): number | undefined {
    if (!existsSync(pidFile)) {
        return undefined;
    }
    const pid = Number(readFileSync(pidFile, "utf8"));
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("unshare\0") ? pid : undefined;
    } catch {
        return undefined;
    }
}

function isAlive(pid: number): boolean {
    return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

async function makeBridge(): Promise<void> {
    // Without an address of its own it takes its pods', and each pod that comes or goes cuts off the others for a while.
    await execa("ip", ["link", "add", network.bridge, "address", network.bridgeMac, "type", "bridge"]);
    await execa("ip", ["address", "add", `${network.hostAddress}/24`, "dev", network.bridge]);
    await execa("ip", ["link", "set", network.bridge, "up"]);
}

/** Mounts and processes of its own; the network is this machine's. */
function startMachine(): ChildProcess {
    const log = openSync(inState("logs/machine.log"), "a");
    const own = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const program = [process.execPath, path.join(import.meta.dirname, "run.ts")];
    const machine = spawn("unshare", [...own, "tini", "--", ...program], {
        detached: true,
        stdio: ["ignore", log, log],
    });
    void writeFile(pidFile, String(machine.pid));
    return machine;
}

async function untilReady(machine: ChildProcess, what: string, look: () => Promise<unknown>): Promise<void> {
    const deadline = Date.now() + startSeconds * 1000;
    for (;;) {
        try {
            await look();
            return;
        } catch (error) {
            if (machine.exitCode !== null) {
                const log = readFileSync(inState("logs/machine.log"), "utf8").trim().split("\n").slice(-5).join("\n");
                throw new Error(`the cluster ended while it started; its logs are in ${inState("logs")}\n${log}`);
            }
            if (Date.now() > deadline) {
                throw new Error(`${what} is not ready after ${startSeconds} s; logs are in ${inState("logs")}`, {
                    cause: error,
                });
            }
            await sleep(200);
        }
    }
}

export async function ctr(...args: string[]): Promise<string> {
    const { stdout } = await execa("ctr", ["--address", containerdSocket, "--namespace", "k8s.io", ...args]);
    return stdout;
}

async function nodeIsThere(binaries: Binaries): Promise<void> {
    await kubectl(binaries)(["get", "node", nodeName]);
}

async function nodeIsReady(binaries: Binaries): Promise<void> {
    await kubectl(binaries)(["wait", "--for=condition=Ready", `node/${nodeName}`, "--timeout=1s"]);
}

/** A killed runc leaves the cgroups of its containers, which are empty folders now. */
async function removeCgroups(): Promise<void> {
    const { stdout } = await execa("find", ["/sys/fs/cgroup", "-depth", "-type", "d", "-path", "*/k8s.io*"], {
        reject: false,
    });
    for (const folder of stdout.split("\n").filter(Boolean)) {
        await rmdir(folder).catch(() => undefined);
    }
}
