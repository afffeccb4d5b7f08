"""The network, its options and its files."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

from experiment import MINIATURE
from ledger import Ledger
from train import checkpoint
from train.fit import State, loss_gradient
from train.metrics import auroc
from train.network import Network, Shape
from train.settings import UsageError, parse

SHAPE = Shape(2, 512, 1.0, channels=6)
# the flags of TrainLocal, in its order
FLAGS = [
    "--seed_everything", "1122", "--data.ifos=[H1,L1]", "--data.data_dir", "/data/train",
    "--data.sample_rate=2048.0", "--data.kernel_length=1.5", "--data.fduration=1.0", "--data.fftlength=null",
    "--data.highpass=32.0", "--data.lowpass=None", "--trainer.logger.save_dir=/run",
    "--trainer.logger+=WandbLogger", "--trainer.logger.job_type=train", "--trainer.logger.save_dir=/run",
    "--trainer.logger.tags+=a", "--trainer.strategy=ddp",
]  # fmt: skip


class Learning(unittest.TestCase):
    def test_gradients_agree_with_finite_differences(self):
        rng = np.random.default_rng(0)
        network = Network(SHAPE, seed=1)
        network.weights = {name: w.astype(np.float64) for name, w in network.weights.items()}
        kernels = rng.standard_normal((5, 2, SHAPE.kernel_size)).astype(np.float32)
        labels = np.array([1, 0, 1, 0, 0])
        logits, kept = network.forward(kernels)
        gradient = (1 / (1 + np.exp(-logits)) - labels) / len(labels)
        gradients = network.backward(gradient, kept)
        for name, weights in network.weights.items():
            for index in map(tuple, rng.integers(0, weights.shape, (8, weights.ndim))):
                step, value, losses = 1e-6, weights[index], []
                for sign in (1, -1):
                    weights[index] = value + sign * step
                    losses.append(loss_gradient(network.forward(kernels)[0], labels)[0])
                weights[index] = value
                expected = (losses[0] - losses[1]) / (2 * step)
                self.assertAlmostEqual(gradients[name][index], expected, delta=1e-6 + 1e-3 * abs(expected), msg=name)

    def test_the_answer_does_not_depend_on_the_batch(self):
        network = Network(SHAPE, seed=1)
        kernels = np.random.default_rng(0).standard_normal((7, 2, SHAPE.kernel_size)).astype(np.float32)
        np.testing.assert_allclose(network(kernels, batch=3), network(kernels), rtol=1e-5)

    def test_auroc_is_one_when_separated_and_a_half_by_chance(self):
        rng = np.random.default_rng(0)
        low, high = rng.random(1000), rng.random(500)
        self.assertEqual(auroc(low, high + 1, 0.01), 1)
        self.assertAlmostEqual(auroc(low, high), 0.5, delta=0.03)
        pairs = (high[:, None] + 0.3 > low).mean()
        self.assertAlmostEqual(auroc(low, high + 0.3), pairs, delta=2e-3)

    def test_too_few_background_kernels_for_the_false_positive_rate_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "max_fpr = 0.001 cannot be resolved with 10"):
            auroc(np.zeros(10), np.ones(10), 1e-3)


class Options(unittest.TestCase):
    def config(self, text: str) -> str:
        file = tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False)
        self.addCleanup(Path(file.name).unlink)
        with file:
            file.write(text)
        return file.name

    def test_upstreams_flags_are_understood(self):
        settings = parse(FLAGS)
        self.assertEqual(
            (settings.seed, settings.data.ifos, settings.data.data_dir), (1122, ["H1", "L1"], "/data/train")
        )
        self.assertEqual(
            (settings.data.sample_rate, settings.data.fftlength, settings.data.lowpass), (2048, None, None)
        )
        self.assertEqual(settings.trainer.save_dir, "/run")

    def test_flags_beat_the_yaml_which_may_also_be_a_line_of_json(self):
        text = "ckpt_path: /a/last.ckpt\ndata:\n  class_path: x.Y\n  init_args: {batch_size: 7, highpass: 20}\n"
        for config in (self.config(text), json.dumps({"ckpt_path": "/a/last.ckpt", "data": {"batch_size": 7}})):
            settings = parse(["--config", config, *FLAGS])
            self.assertEqual((settings.data.batch_size, settings.data.highpass), (7, 32))
            self.assertEqual(settings.ckpt_path, "/a/last.ckpt")
        self.assertEqual(parse(["--config", config, "--ckpt_path", "/b.ckpt"]).ckpt_path, "/b.ckpt")

    def test_a_wrong_option_is_named_with_what_is_allowed(self):
        cases = {
            "--data.sample_rat=5": r"unknown option data.sample_rat; did you mean data.sample_rate\?",
            "--data.batch_size=1.5": "data.batch_size = 1.5: expected a whole number",
            "--data.ifos=H1": r"data.ifos = 'H1': expected a list such as \[H1,L1\]",
            "--data.highpass=": "data.highpass = None: expected a number",
            "--optimizer=x": "unknown option optimizer; allowed: ckpt_path, data, model",
            "--config=/nowhere.yaml": "--config /nowhere.yaml: No such file or directory",
            "--data.data_dir": "--data.data_dir needs a value",
            "sample_rate=3": "sample_rate=3: expected a flag",
        }
        for flag, message in cases.items():
            with self.subTest(flag), self.assertRaisesRegex(UsageError, message):
                parse([flag])


class Alone(unittest.TestCase):
    def test_training_needs_neither_law_nor_scipy(self):
        # a training image holds numpy, h5py and PyYAML
        blocked = ["law", "luigi", "scipy", "matplotlib"]
        code = f"import sys; sys.modules.update(dict.fromkeys({blocked})); import train.fit"
        environment = {"PYTHONPATH": str(MINIATURE), "PATH": os.environ["PATH"]}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "last.ckpt"

    def test_a_state_comes_back_as_it_was(self):
        state = State(Network(SHAPE, seed=3))
        state.update({name: np.full_like(w, 0.1) for name, w in state.network.weights.items()}, 0.01, 0.0)
        state.epoch, state.best_score = 4, 0.75
        state.save(self.path)
        again = State.load(str(self.path), SHAPE)
        self.assertEqual((again.epoch, again.step, again.best_score), (4, 1, 0.75))
        for group in ("first", "second", "best"):
            for name, values in getattr(state, group).items():
                np.testing.assert_array_equal(getattr(again, group)[name], values)
        before = self.path.read_bytes()
        again.save(self.path)
        self.assertEqual(self.path.read_bytes(), before)

    def test_a_damaged_data_file_is_named(self):
        self.path.write_bytes(b"not HDF5")
        with self.assertRaisesRegex(OSError, f"cannot read {self.path}: "):
            Ledger.read(self.path)

    def test_a_checkpoint_of_another_network_is_refused(self):
        State(Network(SHAPE)).save(self.path)
        with self.assertRaisesRegex(UsageError, "is for a network of"):
            State.load(str(self.path), Shape(3, 512, 1.0, channels=6))

    def test_a_file_that_is_no_checkpoint_is_an_error_that_names_it(self):
        with self.assertRaisesRegex(ValueError, "last.ckpt: cannot read weights: No such file"):
            checkpoint.read(self.path)
        for content in (b"", b"not a zip archive", b"PK\x03\x04 cut"):
            self.path.write_bytes(content)
            with self.assertRaisesRegex(ValueError, "last.ckpt: cannot read weights"):
                checkpoint.read(self.path)
