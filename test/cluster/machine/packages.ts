// What the cluster takes from Debian, and the refusals for machines that cannot have it.
import { existsSync } from "node:fs";
import { execa } from "execa";

/** Debian package → a file that shows it is there. */
const packages = {
    "etcd-server": "/usr/bin/etcd",
    containerd: "/usr/bin/containerd",
    runc: "/usr/sbin/runc",
    "containernetworking-plugins": "/usr/lib/cni/bridge",
    debootstrap: "/usr/sbin/debootstrap",
    "busybox-static": "/bin/busybox",
    iproute2: "/usr/sbin/ip",
    tini: "/usr/bin/tini",
    "openssh-server": "/usr/sbin/sshd",
} as const;

/** Throws in one line what is missing for a cluster on this machine. */
export function requireMachine(): void {
    if (process.platform !== "linux") {
        throw new Error(`the test cluster needs Linux, with namespaces and cgroups; this is ${process.platform}`);
    }
    if (process.getuid?.() !== 0) {
        throw new Error("the test cluster needs root: its kubelet mounts volumes and starts containers");
    }
}

/** Installs what is missing, which only Debian and its relatives can. */
export async function installPackages(say: (line: string) => void): Promise<void> {
    const missing = Object.entries(packages).filter(([, file]) => !existsSync(file));
    if (missing.length === 0) {
        return;
    }
    const names = missing.map(([name]) => name);
    say(`installing ${names.join(", ")}`);
    const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, stdin: "ignore" } as const;
    try {
        await execa("apt-get", ["update", "-qq"], options);
        await execa("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], options);
    } catch (error) {
        const { shortMessage } = error as { shortMessage?: string };
        throw new Error(`the test cluster needs ${names.join(", ")}: ${shortMessage ?? String(error)}`, {
            cause: error,
        });
    }
}
