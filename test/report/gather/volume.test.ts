// The sensitive volume, out of files that h5py writes as Aframe does.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { readVolume } from "../../../report/gather/volume.ts";

const python = path.join(import.meta.dirname, "../../../.venv/bin/python");
const directory = mkdtempSync(path.join(tmpdir(), "aframe-volume-"));
after(() => {
    rmSync(directory, { recursive: true, force: true });
});

/** @param body - Python that fills `f`; numpy is `np` */
function write(name: string, body: string, options = ""): string {
    const file = path.join(directory, name);
    const script = `import h5py, numpy as np\nwith h5py.File("${file}", "w"${options}) as f:\n${body.replaceAll(/^/gm, "    ")}`;
    execFileSync(python, ["-c", script]);
    return file;
}

const plain = `f["thresholds"], f["fars"] = np.array([9.0, 8.0]), np.array([1.0, 10.0])
f["35-35/sv"], f["35-35/err"] = np.array([2.5, 3.5]), np.array([0.1, 0.2])
f["20.5-10/sv"], f["20.5-10/err"] = np.array([1.0, 2.0], dtype="f4"), np.array([0.0, 0.5])`;

describe("a sensitive volume", () => {
    it("is read with its errors for each pair of masses", async () => {
        for (const options of ["", ', libver="latest"']) {
            assert.deepEqual(await readVolume(write("plain.h5", plain, options)), {
                falseAlarmRates: [1, 10],
                pairs: [
                    { name: "20.5-10", volumes: [1, 2], errors: [0, 0.5] },
                    { name: "35-35", volumes: [2.5, 3.5], errors: [0.1, 0.2] },
                ],
            });
        }
    });

    it("is read when it is compressed, and thinned when it is long", async () => {
        const body = `n = 100_000
f.create_dataset("fars", data=np.arange(1, n + 1.0), compression="gzip", shuffle=True)
f.create_dataset("35-35/sv", data=np.linspace(1, 9, n), compression="gzip")
f["35-35/err"] = np.ones(n)`;
        const volume = await readVolume(write("long.h5", body));
        assert.deepEqual([volume?.falseAlarmRates[0], volume?.falseAlarmRates.at(-1)], [1, 100_000]);
        assert.ok((volume?.falseAlarmRates.length ?? 0) <= 400);
        assert.equal(volume?.pairs[0]?.volumes.at(-1), 9);
    });

    it("leaves out a rate at which something is no number", async () => {
        const volume = await readVolume(write("nan.h5", `${plain}\nf["35-35/sv"][0] = np.nan`));
        assert.deepEqual([volume?.falseAlarmRates, volume?.pairs[0]?.volumes], [[10], [2]]);
    });

    it("is none where there is no file", async () => {
        assert.equal(await readVolume(path.join(directory, "none.h5")), undefined);
    });

    it("cannot be read out of another file, which is said with its name", async () => {
        const text = path.join(directory, "text.h5");
        writeFileSync(text, "<html>");
        for (const [file, reason] of [
            [text, /text\.h5 cannot be read as Aframe writes it: /],
            [write("without.h5", `f["x"] = 1`), /without\.h5 .*: it has no fars$/],
            [
                write("odd.h5", `f["fars"] = np.ones(2)\nf["3-3/sv"] = np.ones(1)\nf["3-3/err"] = np.ones(1)`),
                /odd\.h5 .*: 3-3 has 1 volumes for 2 false-alarm rates$/,
            ],
        ] as const)
            await assert.rejects(readVolume(file), reason);
    });
});
