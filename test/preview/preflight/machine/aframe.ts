// Packages that law finds the tasks of an experiment in, each with its own fault.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Text of a module with law tasks of these names. */
function plain(...names: string[]): string {
    return ["import law", ...names.map((name) => `class ${name}(law.Task): pass`), ""].join("\n");
}

/** As Aframe's own: the image is a property of the task. */
function contained(image: string, ...names: string[]): string {
    const lines = names.flatMap((name) => [
        `class ${name}(law.SandboxTask):`,
        "    @property",
        "    def default_image(self):",
        `        return "${image}"`,
    ]);
    return ["import law", ...lines, ""].join("\n");
}

const modules: Readonly<Record<string, readonly [image: string, ...names: string[]]>> = {
    "tasks/data/fetch": ["data.sif", "FetchTrain", "FetchTest"],
    "tasks/data/waveforms/training": ["data.sif", "TrainingWaveforms"],
    "tasks/data/waveforms/validation": ["data.sif", "ValidationWaveforms"],
    "tasks/data/waveforms/testing": ["data.sif", "TestingWaveforms"],
    "tasks/train/train": ["train.sif", "TrainLocal"],
    "tasks/export/export": ["export.sif", "ExportLocal"],
    "pipelines/sandbox/sandbox": ["infer.sif", "SandboxInfer", "SandboxSV"],
};

/** Writes a package `aframe`; `replaced` holds the text of modules that are to be otherwise. */
export function writeAframe(
    folder: string,
    options: { readonly containers?: boolean; readonly replaced?: Readonly<Record<string, string>> } = {},
): void {
    for (const [module, [image, ...names]] of Object.entries(modules)) {
        const text = options.replaced?.[module] ?? (options.containers ? contained(image, ...names) : plain(...names));
        const file = path.join(folder, "aframe", `${module}.py`);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
    }
}
