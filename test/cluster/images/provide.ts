// The images that the cluster's pods use, none of them from a registry: doubles of Aframe's and of git-sync's.
import { existsSync, mkdtempSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { gitSyncImage } from "../../../components/gitSync.ts";
import { pauseImage } from "../machine/node.ts";
import { cacheDirectory, checkout, digestOfFiles } from "../machine/paths.ts";
import { type Image, writeArchive } from "./archive.ts";
import { provideDebianRoot } from "./debianRoot.ts";

/** Aframe's train image, with the miniature's code in the places where Aframe's image has its own. */
export const trainImage = "aframe.test/train:main";

const miniature = path.join(checkout, "demo/miniature");
const gitSync = path.join(import.meta.dirname, "git_sync.py");

/** Path of an archive with all images; made anew when anything in them has changed. */
export async function provideImages(say: (line: string) => void): Promise<string> {
    const root = await provideDebianRoot(say);
    const { stdout } = await execa("git", ["-C", checkout, "ls-files", "--", "demo/miniature"]);
    const sources = stdout.split("\n").map((name) => path.join(checkout, name));
    const parts = ["archive.ts", "provide.ts", "git_sync.py"].map((name) => path.join(import.meta.dirname, name));
    const archive = path.join(cacheDirectory, `images-${digestOfFiles([...parts, ...sources], root)}.tar`);
    if (!existsSync(archive)) {
        const folder = mkdtempSync(path.join(cacheDirectory, "images.part-"));
        try {
            const images = [
                await pause(path.join(folder, "pause")),
                await train(path.join(folder, "train"), root),
                await sync(path.join(folder, "git-sync"), root),
            ];
            await writeArchive(images, path.join(folder, "parts"), path.join(folder, "images.tar"));
            await rename(path.join(folder, "images.tar"), archive);
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    }
    return archive;
}

async function pause(folder: string): Promise<Image> {
    await mkdir(folder, { recursive: true });
    await copyFile("/bin/busybox", path.join(folder, "busybox"));
    const layer = await pack(folder);
    return { name: pauseImage, layers: [layer], config: { Entrypoint: ["/busybox", "sleep", "2147483647"] } };
}

/** Python's environment in /opt/env, the repository's code, installed editable, in /opt/aframe, and root as user. */
async function train(folder: string, root: string): Promise<Image> {
    const environment = path.join(folder, "opt/env");
    const packages = path.join(environment, "lib/python3.11/site-packages");
    await mkdir(path.join(environment, "bin"), { recursive: true });
    await mkdir(packages, { recursive: true });
    await symlink("/usr/bin/python3", path.join(environment, "bin/python"));
    await writeFile(
        path.join(environment, "pyvenv.cfg"),
        "home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.11\n",
    );
    await writeFile(path.join(packages, "aframe-train.pth"), "/opt/aframe/projects/train\n");
    await copyMiniature(path.join(folder, "opt/aframe"));
    const env = ["PATH=/opt/env/bin:/usr/local/bin:/usr/bin:/bin", "OPENBLAS_NUM_THREADS=1"];
    return { name: trainImage, layers: [root, await pack(folder)], config: { Env: env } };
}

/** The repository as the image and git have it. */
export async function copyMiniature(repository: string): Promise<void> {
    await cp(miniature, path.join(repository, "projects/train"), {
        recursive: true,
        filter: (file) => !file.endsWith("__pycache__"),
    });
}

async function sync(folder: string, root: string): Promise<Image> {
    await mkdir(folder, { recursive: true });
    await copyFile(gitSync, path.join(folder, "git-sync"));
    await chmod(path.join(folder, "git-sync"), 0o755);
    await mkdir(path.join(folder, "etc"));
    await writeFile(
        path.join(folder, "etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\ngit-sync:x:65533:65533::/tmp:/sbin/nologin\n",
    );
    const config = { Entrypoint: ["/git-sync"], Env: ["PATH=/usr/bin:/bin"], User: "65533:65533" };
    return { name: gitSyncImage, layers: [root, await pack(folder)], config };
}

/** Packs a folder as a layer, all of it owned by root. */
async function pack(folder: string): Promise<string> {
    const layer = `${folder}.tar`;
    await execa("tar", ["-C", folder, "--owner=0", "--group=0", "--numeric-owner", "-cf", layer, "."]);
    return layer;
}
