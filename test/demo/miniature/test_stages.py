"""Every stage by real law: alone, together, again, wrongly configured, killed."""

import os
import signal
import time
import unittest
from pathlib import Path

import h5py
import numpy as np

from experiment import STAGES, Experiment
from ledger import Ledger
from train import checkpoint
from train.network import Network

experiment: Experiment


def setUpModule():
    """One experiment, made stage by stage; the tests look at what it left."""
    global experiment
    experiment = Experiment()
    unittest.addModuleCleanup(experiment.remove)
    for name, command in STAGES.items():
        code, output = experiment.run(*command, "--workers", "1", "--gpus", "0", "--dev")
        if code:
            raise RuntimeError(f"{name} ended with {code}:\n{output[-4000:]}")


def efficiency(results: Path, false_alarms: int, loud: float) -> float:
    """Part of the injections above SNR `loud` found at the threshold of so many background events."""
    background = np.sort(Ledger.read(results / "background.hdf5")["detection_statistic"])[::-1]
    foreground = Ledger.read(results / "foreground.hdf5")
    found = foreground["detection_statistic"] > background[false_alarms]
    return float(found[foreground["snr"] > loud].mean())


class Files(unittest.TestCase):
    """What the stages leave, by upstream's names."""

    def test_strain_has_a_dataset_per_detector_with_start_and_step(self):
        segments = [
            line.split("\t") for line in (experiment["TRAIN_DATA"] / "segments.txt").read_text().splitlines()[1:]
        ]
        total = 0
        for path in (experiment["TRAIN_DATA"] / "background").iterdir():
            start, duration = map(int, path.stem.split("-")[1:])
            total += duration
            with h5py.File(path) as file:
                self.assertEqual(list(file), ["H1", "L1"])
                for strain in file.values():
                    self.assertEqual(len(strain), duration * 1024)
                    self.assertEqual((strain.attrs["x0"], strain.attrs["dx"]), (start, 1 / 1024))
        self.assertEqual(total, sum(int(duration) for *_, duration in segments))

    def test_waveform_files_hold_parameters_waveforms_and_metadata(self):
        data, test = experiment["TRAIN_DATA"], experiment["TEST_DATA"]
        polarizations = [Ledger.read(data / f"training_waveforms/waveforms-{i}.hdf5") for i in range(4)]
        self.assertEqual(sum(map(len, polarizations)), 400)
        self.assertEqual(set(polarizations[0].waveforms), {"plus", "cross"})
        validation = Ledger.read(data / "val_waveforms.hdf5")
        self.assertEqual(validation.waveforms["h1"].shape, (200, 4096))
        self.assertGreaterEqual(validation["snr"].min(), 8)
        testing, rejected = Ledger.read(test / "waveforms.hdf5"), Ledger.read(test / "rejected-parameters.hdf5")
        self.assertGreaterEqual(len(testing), 400)
        self.assertEqual(testing["shift"].shape, (len(testing), 2))
        self.assertEqual(testing.metadata["num_injections"], len(testing) + len(rejected))
        self.assertLess(rejected["snr"].max(), 4)

    def test_parts_are_gone_once_merged(self):
        self.assertEqual([p.name for p in experiment["TEST_DATA"].iterdir() if p.name.startswith("tmp")], [])
        self.assertFalse((experiment.root / "tmp/val").exists())
        self.assertFalse((experiment["RESULTS"] / "tmp").exists())

    def test_training_leaves_model_batches_checkpoints_and_a_log(self):
        run = experiment["TRAIN_RUN"]
        version = run / "lightning_logs/version_0"
        rows = [line.split(",") for line in (version / "metrics.csv").read_text().splitlines()]
        self.assertEqual(rows[0], ["epoch", "step", "train_loss", "valid_auroc", "lr"])
        epochs = [row for row in rows[1:] if row[3]]
        self.assertEqual([row[0] for row in epochs], ["0", "1", "2", "3"])
        self.assertLess(float(epochs[-1][2]), float(epochs[0][2]))
        best = max(epochs, key=lambda row: float(row[3]))
        names = {p.name for p in (version / "checkpoints").iterdir()}
        self.assertEqual(names, {"last.ckpt", f"{best[0]}-{best[1]}.ckpt"})
        self.assertTrue((version / "hparams.yaml").is_file())
        self.assertEqual(
            (version / f"checkpoints/{best[0]}-{best[1]}.ckpt").read_bytes(), (run / "best.ckpt").read_bytes()
        )
        with h5py.File(run / "batch.h5") as batch, h5py.File(run / "val_batch.h5") as valid:
            self.assertEqual((batch["X"].shape, batch["y"].shape), ((128, 2, 1536), (128,)))
            self.assertEqual(set(valid), {"X_bg", "X_inj"})

    def test_the_model_repository_has_upstreams_names(self):
        files = {name for name in experiment.files("RESULTS") if name.startswith("model_repo/")}
        models = {"aframe": "plan", "aframe-stream": "empty", "preprocessor": "pt", "snapshotter": "onnx"}
        expected = {f"model_repo/{m}/1/model.{end}" for m, end in models.items()}
        self.assertEqual(files, expected | {f"model_repo/{m}/config.pbtxt" for m in models})

    def test_events_add_up_to_the_wanted_background(self):
        background = Ledger.read(experiment["RESULTS"] / "background.hdf5")
        self.assertGreaterEqual(background.metadata["Tb"], 4096 * 0.97)
        self.assertTrue((np.diff(background["detection_statistic"]) >= 0).all())
        self.assertTrue(background["shift"].any(axis=1).all())
        self.assertFalse(Ledger.read(experiment["RESULTS"] / "0lag.hdf5")["shift"].any())
        foreground = Ledger.read(experiment["RESULTS"] / "foreground.hdf5")
        self.assertEqual(len(foreground), len(Ledger.read(experiment["TEST_DATA"] / "waveforms.hdf5")))
        late = np.abs(foreground["detection_time"] - foreground["injection_time"])[foreground["snr"] > 15]
        self.assertLess(np.median(late), 0.5)

    def test_sensitive_volume_grows_with_the_false_alarm_rate(self):
        with h5py.File(experiment["RESULTS"] / "plots/sensitive_volume.h5") as file:
            self.assertEqual(set(file), {"thresholds", "fars", "35-35", "35-20", "20-20", "20-10"})
            self.assertTrue((np.diff(file["thresholds"][:]) <= 0).all() and (np.diff(file["fars"][:]) > 0).all())
            volume, error = file["35-35/sv"][:], file["35-35/err"][:]
            self.assertTrue((np.diff(volume) >= 0).all() and volume[-1] > 3 * error[-1] > 0)
            # the volume out to redshift 1 is an upper bound
            self.assertLess(volume[-1], 98.1)
        page = (experiment["RESULTS"] / "plots/sensitive_volume.html").read_text()
        self.assertNotIn("http", page.replace("http://www.w3.org", ""))
        self.assertIn("data:image/svg+xml;base64,", page)


class Learning(unittest.TestCase):
    def test_a_trained_network_finds_far_more_signals_than_an_untrained_one_at_the_same_false_alarm_rate(self):
        arrays, description = checkpoint.read(experiment["TRAIN_RUN"] / "model.pt")
        shape = checkpoint.load_network(experiment["TRAIN_RUN"] / "model.pt").shape
        # what training began with
        untrained = Network(shape, seed=1122)
        self.assertEqual(set(untrained.weights), set(arrays))
        other = Experiment(
            {name: experiment.folders[name] for name in ("AFRAME_TRAIN_DATA_DIR", "AFRAME_TEST_DATA_DIR")}
        )
        self.addCleanup(other.remove)
        checkpoint.write(other["TRAIN_RUN"] / "model.pt", untrained.weights, description)
        (other["TRAIN_RUN"] / "batch.h5").write_bytes((experiment["TRAIN_RUN"] / "batch.h5").read_bytes())
        code, output = other.run(*STAGES["SandboxInfer"])
        self.assertEqual(code, 0, output[-3000:])
        for false_alarms, loud in ((5, 8), (20, 8)):
            trained, random = (efficiency(e["RESULTS"], false_alarms, loud) for e in (experiment, other))
            self.assertGreater(trained, 0.6)
            self.assertGreater(trained, random + 0.3, f"trained {trained:.2f}, untrained {random:.2f}")


class Reruns(unittest.TestCase):
    def test_a_finished_stage_is_not_run_again(self):
        before = {p: p.stat().st_mtime_ns for p in experiment.root.rglob("*") if p.is_file()}
        for name in ("FetchTrain", "TestingWaveforms", "SandboxSV"):
            self.assertEqual(experiment.run(*STAGES[name])[0], 0)
        self.assertEqual({p: p.stat().st_mtime_ns for p in experiment.root.rglob("*") if p.is_file()}, before)

    def test_the_whole_pipeline_at_once_on_two_workers_gives_the_same_bytes(self):
        other = Experiment()
        self.addCleanup(other.remove)
        code, output = other.run("aframe.pipelines.sandbox.Sandbox", "--workers", "2", "--gpus", "0")
        self.assertEqual(code, 0, output[-3000:])
        for name in ("TRAIN_DATA", "TEST_DATA", "TRAIN_RUN", "RESULTS"):
            ours, theirs = experiment.files(name), other.files(name)
            self.assertEqual(list(ours), list(theirs))
            self.assertEqual([path for path in ours if ours[path] != theirs[path]], [])


class Interruptions(unittest.TestCase):
    def test_a_killed_training_run_resumes_where_it_was_and_ends_with_the_same_model(self):
        data = experiment.folders["AFRAME_TRAIN_DATA_DIR"]
        other = Experiment({"AFRAME_TRAIN_DATA_DIR": data})
        self.addCleanup(other.remove)
        process = other.start(*STAGES["TrainLocal"])
        for line in process.stdout:
            if "epoch 1/3" in line:
                break
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.assertFalse((other["TRAIN_RUN"] / "model.pt").exists())
        last = other["TRAIN_RUN"] / "lightning_logs/version_0/checkpoints/last.ckpt"
        with open(other.root / "train.yaml", "a") as file:
            file.write(f"ckpt_path: {last}\n")
        code, output = other.run(*STAGES["TrainLocal"])
        self.assertEqual(code, 0, output[-3000:])
        epochs = [line.split("epoch ")[1].split(":")[0] for line in output.splitlines() if "train: epoch" in line]
        self.assertIn(epochs, (["2/3", "3/3"], ["3/3"]))
        self.assertTrue((other["TRAIN_RUN"] / "lightning_logs/version_1/metrics.csv").is_file())
        model = (experiment["TRAIN_RUN"] / "model.pt").read_bytes()
        self.assertEqual((other["TRAIN_RUN"] / "model.pt").read_bytes(), model)

    def test_a_killed_stage_leaves_no_half_made_file_and_can_be_run_again(self):
        # long files, so that one is being made whenever the kill comes
        changes = {"end = 1240581863": "end = 1240589783", "max_duration = 512": "max_duration = 2048"}
        other = Experiment(changes=changes)
        self.addCleanup(other.remove)
        folder = other["TRAIN_DATA"] / "background"
        process = other.start(*STAGES["FetchTrain"])
        while not list(folder.glob(".*.partial")) or not list(folder.glob("*.hdf5")):
            self.assertIsNone(process.poll(), "it ended before it could be killed")
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        whole = list(folder.glob("background-*.hdf5"))
        for path in whole:
            with h5py.File(path) as file:
                self.assertEqual(len(file["L1"]), int(path.stem.split("-")[-1]) * 1024)
        times = {path: path.stat().st_mtime_ns for path in whole}
        code, output = other.run(*STAGES["FetchTrain"])
        self.assertEqual(code, 0, output[-3000:])
        self.assertEqual({path: path.stat().st_mtime_ns for path in whole}, times)
        self.assertGreater(len(list(folder.glob("*.hdf5"))), len(whole))
        self.assertEqual(list(folder.glob(".*")), [])


class Mistakes(unittest.TestCase):
    """What a wrong configuration says; law itself adds its traceback above."""

    def refused(self, stage: str, message: str, changes: dict[str, str], shared: bool = True) -> None:
        names = ("AFRAME_TRAIN_DATA_DIR", "AFRAME_TEST_DATA_DIR") if shared else ()
        other = Experiment({name: experiment.folders[name] for name in names}, changes)
        self.addCleanup(other.remove)
        code, output = other.run(*STAGES[stage])
        self.assertNotEqual(code, 0, output)
        self.assertRegex(output, message)

    def test_htcondor_is_refused(self):
        self.refused(
            "FetchTrain", r"workflow = htcondor in \[luigi_FetchTrain\].*set workflow = local",
            {"workflow = local": "workflow = htcondor"}, shared=False,
        )  # fmt: skip

    def test_a_span_without_data_is_refused(self):
        self.refused(
            "FetchTrain", "no stretch of at least min_duration = 9999.0 s",
            {"min_duration = 64": "min_duration = 9999"}, shared=False,
        )  # fmt: skip

    def test_an_unknown_prior_is_refused(self):
        self.refused(
            "TrainingWaveforms", "prior = priors.priors.spin_bbh: the miniature has only .*nonspin_bbh",
            {"prior = priors.priors.end_o3_ratesandpops": "prior = priors.priors.spin_bbh"}, shared=False,
        )  # fmt: skip

    def test_another_sample_rate_than_that_of_the_files_is_refused(self):
        self.refused(
            "TrainLocal",
            "sample rate 1024.0 Hz, but sample_rate = 2048.0",
            {"sample_rate = 1024": "sample_rate = 2048"},
        )

    def test_too_little_background_is_refused(self):
        other = Experiment({"AFRAME_TRAIN_DATA_DIR": experiment["TRAIN_DATA"]})
        self.addCleanup(other.remove)
        yaml = other.root / "train.yaml"
        yaml.write_text(yaml.read_text().replace("min_valid_duration: 256", "min_valid_duration: 15000"))
        code, output = other.run(*STAGES["TrainLocal"])
        self.assertEqual(code, 40)
        self.assertRegex(output, "cannot be split into training and min_valid_duration = 15000 s")
        self.assertEqual(list(other["TRAIN_RUN"].glob("*")) if other["TRAIN_RUN"].exists() else [], [])

    def test_a_model_of_another_kernel_length_is_not_exported(self):
        other = Experiment(
            {n: p for n, p in experiment.folders.items() if n != "AFRAME_RESULTS_DIR"},
            {"kernel_length = 1.5": "kernel_length = 2.5"},
        )
        self.addCleanup(other.remove)
        code, output = other.run(*STAGES["ExportLocal"])
        self.assertNotEqual(code, 0)
        self.assertRegex(output, "is for 2 detectors and 1536 samples, the configuration for 2 and 2560")
        self.assertFalse((other["RESULTS"] / "model_repo").exists())

    def test_an_s3_address_is_refused(self):
        other = Experiment({"AFRAME_TRAIN_DATA_DIR": "s3://bucket/data"})
        self.addCleanup(other.remove)
        code, output = other.run(*STAGES["FetchTrain"])
        self.assertNotEqual(code, 0)
        self.assertRegex(output, "s3://bucket/data.*local folders only")

    def test_a_missing_directory_variable_is_named(self):
        other = Experiment({"AFRAME_TRAIN_DATA_DIR": ""})
        self.addCleanup(other.remove)
        code, output = other.run(*STAGES["FetchTrain"])
        self.assertNotEqual(code, 0)
        self.assertIn("AFRAME_TRAIN_DATA_DIR is not set", output)
