// Runs inside the cluster's own mount and process namespaces: starts its programs, and ends when one of them does.
// Whoever ends this process ends them all, with every pod, mount and network namespace they made.
import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { provideBinaries } from "./binaries.ts";
import { controlPlaneCommands } from "./controlPlane.ts";
import { type DaemonCommand, startDaemon } from "./daemon.ts";
import { pretendHardware } from "./hardware.ts";
import { nodeCommands } from "./node.ts";
import { apiServerPort, inState } from "./paths.ts";

function start(daemon: DaemonCommand): void {
    startDaemon(daemon).once("exit", (code, signal) => {
        console.error(`${daemon.name} ended: ${signal ?? `exit code ${code}`}`);
        process.exit(1);
    });
}

async function untilAnswering(): Promise<void> {
    for (;;) {
        const { exitCode } = await execa("bash", ["-c", `: </dev/tcp/127.0.0.1/${apiServerPort}`], { reject: false });
        if (exitCode === 0) {
            return;
        }
        await sleep(100);
    }
}

await pretendHardware();
// The controller manager's provisioner knows no other place.
await mkdir("/tmp/hostpath_pv", { recursive: true });
await mkdir(inState("volumes"), { recursive: true });
await execa("mount", ["--bind", inState("volumes"), "/tmp/hostpath_pv"]);

const binaries = await provideBinaries(console.error);
const controlPlane = controlPlaneCommands(binaries);
for (const daemon of controlPlane.slice(0, 2)) {
    start(daemon);
}
await untilAnswering();
for (const daemon of [...controlPlane.slice(2), ...nodeCommands(binaries)]) {
    start(daemon);
}
