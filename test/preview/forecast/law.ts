// Stands for law: `node law.ts run <task> …` makes what that task of Aframe makes, a few bytes each.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const { AFRAME_TRAIN_DATA_DIR, AFRAME_TEST_DATA_DIR, AFRAME_TRAIN_RUN_DIR, AFRAME_RESULTS_DIR } = process.env;

const strain = ["segments.txt", "background/background-0-10.hdf5", "background/background-10-10.hdf5"];
const made: Readonly<Record<string, readonly [string | undefined, readonly string[]]>> = {
    FetchTrain: [AFRAME_TRAIN_DATA_DIR, strain],
    TrainingWaveforms: [AFRAME_TRAIN_DATA_DIR, ["training_waveforms/waveforms-0.hdf5"]],
    ValidationWaveforms: [AFRAME_TRAIN_DATA_DIR, ["val_waveforms.hdf5"]],
    FetchTest: [AFRAME_TEST_DATA_DIR, strain],
    TestingWaveforms: [AFRAME_TEST_DATA_DIR, ["waveforms.hdf5", "rejected-parameters.hdf5"]],
    TrainLocal: [AFRAME_TRAIN_RUN_DIR, ["model.pt", "best.ckpt", "batch.h5"]],
    ExportLocal: [AFRAME_RESULTS_DIR, ["model_repo/aframe/config.pbtxt", "model_repo/aframe/1/model.plan"]],
    SandboxInfer: [AFRAME_RESULTS_DIR, ["foreground.hdf5", "background.hdf5", "0lag.hdf5"]],
    SandboxSV: [AFRAME_RESULTS_DIR, ["plots/sensitive_volume.h5", "plots/sensitive_volume.html"]],
};

const task = process.argv[process.argv.indexOf("run") + 1]?.split(".").at(-1) ?? "";
const [root = "", names = []] = made[task] ?? [];
for (const name of names) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${task} made ${name}`);
}
if (process.env.FAIL === task) {
    process.exitCode = 7;
}
