// A double of the hardware: what kubelet reads of a GPU server's memory and processors, on a machine that is smaller.
//
// Kubelet takes the node's size from /proc/meminfo and from /sys. In a mount namespace of its own it reads these files
// instead, so that a training of the real size is scheduled and admitted; nothing else is told a lie.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { inState } from "./paths.ts";

const memoryGib = 1024;
const cpus = 128;

/** Mounts the double over the real files; only ever call it inside the cluster's mount namespace. */
export async function pretendHardware(): Promise<void> {
    const meminfo = inState("hardware/meminfo");
    await mkdir(path.dirname(meminfo), { recursive: true });
    const real = await readFile("/proc/meminfo", "utf8");
    const line = (name: string) => `${name}: ${memoryGib * 2 ** 20} kB`;
    const names = ["MemTotal", "MemFree", "MemAvailable"];
    await writeFile(
        meminfo,
        names.reduce((text, name) => text.replace(new RegExp(`^${name}:.*$`, "m"), line(name)), real),
    );
    await execa("mount", ["--bind", meminfo, "/proc/meminfo"]);

    const folder = inState("hardware/cpu");
    for (let cpu = 0; cpu < cpus; cpu++) {
        const topology = path.join(folder, `cpu${cpu}/topology`);
        await mkdir(topology, { recursive: true });
        await writeFile(path.join(topology, "core_id"), `${cpu}\n`);
        await writeFile(path.join(topology, "physical_package_id"), "0\n");
    }
    await writeFile(path.join(folder, "online"), `0-${cpus - 1}\n`);
    await execa("mount", ["--bind", folder, "/sys/devices/system/cpu"]);
    // Without NUMA nodes kubelet goes by the processors alone.
    await execa("mount", ["-t", "tmpfs", "tmpfs", "/sys/devices/system/node"]);
}
