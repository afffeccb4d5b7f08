// The files that are moved: an experiment's training data, many small files, and what the limits are tried with.

import { createCipheriv, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const MB = 1e6;

export interface Shape {
    readonly title: string;
    /** Makes the files in an empty folder. */
    readonly make: (folder: string) => Promise<void>;
}

/** Bytes that no tool can compress and no server deduplicate; as quick as the disk. */
async function writeRandom(file: string, size: number): Promise<void> {
    const stream = createCipheriv("aes-128-ctr", randomBytes(16), randomBytes(16));
    const zeros = Buffer.alloc(1 << 20);
    const source = Readable.from(
        (function* () {
            for (let left = size; left > 0; left -= zeros.length) {
                yield left < zeros.length ? zeros.subarray(0, left) : zeros;
            }
        })(),
    );
    await pipeline(source, stream, createWriteStream(file));
}

async function writeMany(folder: string, count: number, size: number): Promise<void> {
    await mkdir(path.join(folder, "background"), { recursive: true });
    for (let index = 0; index < count; index++) {
        await writeFile(path.join(folder, "background", `background-${index}.hdf5`), randomBytes(size));
    }
}

export const shapes = {
    data: {
        title: "40 x 25 MB and 300 MB",
        make: async (folder) => {
            await mkdir(path.join(folder, "background"), { recursive: true });
            for (let index = 0; index < 40; index++) {
                await writeRandom(path.join(folder, "background", `background-${index}-4096.hdf5`), 25 * MB);
            }
            await writeRandom(path.join(folder, "val_waveforms.hdf5"), 300 * MB);
        },
    },
    small: { title: "2,000 x 64 KB", make: (folder) => writeMany(folder, 2000, 64e3) },
    // The two below are for the memory they take, of ours alone.
    huge: {
        title: "20 GB, sparse",
        make: async (folder) => {
            const file = await open(path.join(folder, "huge.hdf5"), "w");
            await file.truncate(20e9);
            await file.close();
        },
    },
    many: { title: "100,000 x 100 B", make: (folder) => writeMany(folder, 100_000, 100) },
} as const satisfies Readonly<Record<string, Shape>>;
