// The root file system that the images stand on: a small Debian with git, ssh and Python, as one layer; cached.
import { existsSync, mkdtempSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { cacheDirectory, digestOfFiles } from "../machine/paths.ts";

const packages = [
    "git",
    "openssh-client",
    "python3",
    // What Aframe's train image has of them in its own Python environment.
    "python3-numpy",
    "python3-h5py",
    "python3-botocore",
    "python3-yaml",
];

/** Left out: packages as they came, and what only people read. */
const unneeded = ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"];

/** Path of the layer. */
export async function provideDebianRoot(say: (line: string) => void): Promise<string> {
    const { codename, mirror } = await ownMirror();
    const digest = digestOfFiles([import.meta.filename], codename);
    const layer = path.join(cacheDirectory, `debian-${codename}-${digest}.tar`);
    if (existsSync(layer)) {
        return layer;
    }
    say(`making the images' root from Debian ${codename}; about a minute, once`);
    await mkdir(cacheDirectory, { recursive: true });
    const folder = mkdtempSync(path.join(cacheDirectory, "debian.part-"));
    const root = path.join(folder, "root");
    try {
        const include = `--include=${packages.join(",")}`;
        await execa("debootstrap", ["--variant=minbase", include, codename, root, mirror], { stdin: "ignore" });
        const excludes = unneeded.map((name) => `--exclude=./${name}/*`);
        const tar = path.join(folder, "layer.tar");
        await execa("tar", ["-C", root, "--numeric-owner", ...excludes, "-cf", tar, "."]);
        await rename(tar, layer);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
    return layer;
}

/** The mirror and the release that this machine's own packages come from. */
async function ownMirror(): Promise<{ codename: string; mirror: string }> {
    const format = "$(REPO_URI) $(CODENAME) $(COMPONENT)";
    const { stdout } = await execa("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
    const lines = stdout.split("\n").map((line) => line.split(" "));
    const [mirror, codename] = lines.find(([, name = "", part]) => part === "main" && /^[a-z]+$/.test(name)) ?? [];
    if (mirror === undefined || codename === undefined) {
        throw new Error("the images need Debian's packages, but apt on this machine knows no Debian mirror");
    }
    return { codename, mirror };
}
