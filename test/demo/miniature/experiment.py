"""A small experiment in a folder of its own, its stages run by real law."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MINIATURE = HERE.parents[2] / "demo" / "miniature"
TRAIN_TASK = ("--train-task", "TrainLocal")
# the command of each stage, in order
STAGES = {
    "FetchTrain": ("aframe.tasks.data.fetch.FetchTrain",),
    "TrainingWaveforms": ("aframe.tasks.data.waveforms.training.TrainingWaveforms",),
    "ValidationWaveforms": ("aframe.tasks.data.waveforms.validation.ValidationWaveforms",),
    "FetchTest": ("aframe.tasks.data.fetch.FetchTest",),
    "TestingWaveforms": ("aframe.tasks.data.waveforms.testing.TestingWaveforms",),
    "TrainLocal": ("aframe.tasks.train.train.TrainLocal",),
    "ExportLocal": ("aframe.tasks.export.export.ExportLocal", *TRAIN_TASK),
    "SandboxInfer": ("aframe.pipelines.sandbox.sandbox.SandboxInfer", *TRAIN_TASK),
    "SandboxSV": ("aframe.pipelines.sandbox.sandbox.SandboxSV", *TRAIN_TASK),
}


class Experiment:
    """`folders` replaces single directory variables, to share data with another experiment."""

    def __init__(self, folders: dict[str, Path] | None = None, changes: dict[str, str] | None = None):
        self.temporary = tempfile.TemporaryDirectory(prefix="miniature-")
        self.root = Path(self.temporary.name)
        cfg = (HERE / "resolved.cfg").read_text().replace("@FOLDER@", str(self.root))
        for old, new in (changes or {}).items():
            assert old in cfg, old
            cfg = cfg.replace(old, new)
        (self.root / "resolved.cfg").write_text(cfg)
        (self.root / "train.yaml").write_text((HERE / "train.yaml").read_text())
        self.folders = {
            "AFRAME_TRAIN_DATA_DIR": self.root / "data/train",
            "AFRAME_TEST_DATA_DIR": self.root / "data/test",
            "AFRAME_TRAIN_RUN_DIR": self.root / "training",
            "AFRAME_CONDOR_DIR": self.root / "condor",
            "AFRAME_RESULTS_DIR": self.root / "results",
            "AFRAME_TMPDIR": self.root / "tmp",
            **(folders or {}),
        }

    def __getitem__(self, name: str) -> Path:
        return self.folders[f"AFRAME_{name}_DIR"]

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        folders = {name: str(path) for name, path in self.folders.items()}
        return {**kept, **folders, "LAW_CONFIG_FILE": str(self.root / "resolved.cfg")}

    def start(self, *arguments: str) -> subprocess.Popen:
        """law in a process group of its own, from a folder that has nothing to do with it."""
        command = [sys.executable, str(MINIATURE / "law_command.py"), "run", *arguments, "--local-scheduler"]
        return subprocess.Popen(
            command, cwd="/", env=self.environment(), text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of a law task."""
        with self.start(*arguments) as process:
            output, _ = process.communicate()
        return process.returncode, output

    def files(self, name: str) -> dict[str, bytes]:
        """The content of every file in a directory."""
        folder = self[name]
        return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    def remove(self) -> None:
        self.temporary.cleanup()
