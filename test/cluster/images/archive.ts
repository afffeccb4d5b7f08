// Images as files, for `ctr images import`: the layout of `docker save`, made without Docker and without a registry.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";

export interface Image {
    /** With its tag. */
    readonly name: string;
    /** Tar files, the lowest first. */
    readonly layers: readonly string[];
    /** The `config` of the image specification: https://github.com/opencontainers/image-spec/blob/main/config.md */
    readonly config: {
        readonly Entrypoint?: readonly string[];
        readonly Env?: readonly string[];
        readonly User?: string;
    };
}

/** Writes one archive with all images; layers that they share are in it once. `folder` is for what it is made of. */
export async function writeArchive(images: readonly Image[], folder: string, archive: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const digests = new Map<string, string>();
    for (const layer of new Set(images.flatMap((image) => image.layers))) {
        const digest = await sha256(layer);
        digests.set(layer, digest);
        await link(layer, path.join(folder, `${digest}.tar`));
    }
    const manifest = [];
    for (const { name, layers, config } of images) {
        const sums = layers.map((layer) => digests.get(layer) ?? "");
        const text = JSON.stringify({
            architecture: { x64: "amd64" }[process.arch as string] ?? process.arch,
            os: "linux",
            config,
            rootfs: { type: "layers", diff_ids: sums.map((sum) => `sha256:${sum}`) },
        });
        const file = `${createHash("sha256").update(text).digest("hex")}.json`;
        await writeFile(path.join(folder, file), text);
        manifest.push({ Config: file, RepoTags: [name], Layers: sums.map((sum) => `${sum}.tar`) });
    }
    await writeFile(path.join(folder, "manifest.json"), JSON.stringify(manifest));
    await execa("tar", ["-C", folder, "-cf", archive, "."]);
}

async function sha256(file: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
}
