// The sensitive volume out of the file that Aframe leaves: `thresholds`, `fars`, and a group `m1-m2` for each pair.
import { readFile, stat } from "node:fs/promises";
import { type Dataset, File, type Group } from "jsfive";
import { thin } from "../model/curves.ts";
import type { SensitiveVolume } from "../model/report.ts";

/** It holds a few numbers; a file of this size is no such file. */
const mostBytes = 64 * 1024 ** 2;
const mostPoints = 400;

/** Undefined when there is none; throws when it cannot be read. */
export async function readVolume(file: string): Promise<SensitiveVolume | undefined> {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) return undefined;
    if (found.size > mostBytes) throw new Error(`${file} is too large for a sensitive volume (${found.size} bytes)`);
    const bytes = await readFile(file);
    try {
        return parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${file} cannot be read as Aframe writes it: ${reason}`, { cause: error });
    }
}

function parse(buffer: ArrayBuffer): SensitiveVolume {
    const root = new File(buffer, "");
    const rates = numbersOf(root, "fars");
    const pairs = root.keys
        .filter((name) => /^[\d.]+-[\d.]+$/.test(name))
        .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
        .map((name) => {
            const group = root.get(name) as Group;
            return { name, volumes: numbersOf(group, "sv"), errors: numbersOf(group, "err") };
        });
    const odd = pairs.find(({ volumes, errors }) => volumes.length !== rates.length || errors.length !== rates.length);
    if (odd) throw new Error(`${odd.name} has ${odd.volumes.length} volumes for ${rates.length} false-alarm rates`);
    const all = [rates, ...pairs.flatMap(({ volumes, errors }) => [volumes, errors])];
    const whole = rates.flatMap((rate, index) =>
        all.every((numbers) => Number.isFinite(numbers[index])) ? [[index, rate] as const] : [],
    );
    const kept = thin(whole, mostPoints).map(([index]) => index);
    const pick = (numbers: readonly number[]) => kept.map((index) => numbers[index] ?? 0);
    return {
        falseAlarmRates: pick(rates),
        pairs: pairs.map(({ name, volumes, errors }) => ({ name, volumes: pick(volumes), errors: pick(errors) })),
    };
}

function numbersOf(group: Group, name: string): number[] {
    if (!group.keys.includes(name)) throw new Error(`it has no ${name}`);
    return Array.from((group.get(name) as Dataset).value, Number);
}
