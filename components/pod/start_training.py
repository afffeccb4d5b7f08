"""Runs `python -m train` in the pod, and brings what it makes to S3.

    start_training.py fit --config … (the arguments of train)

Checks first that the code is the pinned commit and that this very training has not finished before. Training writes to
a local directory; its metrics and what it prints are copied to S3 about each minute, everything else at the end, the
manifest last.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import objects
import retry
from disk import DiskFailed
from kept_log import KeptLog
from upload import upload

STAGE = "Train"
SYNC_SECONDS = 60.0


def check_code(commit: str) -> None:
    """git-sync's link leads to a directory named after the commit; the module that runs must lie in its mount."""
    link = Path(os.environ.get("AFRAME_GIT_LINK", "/git/aframe"))
    code = Path(os.environ.get("AFRAME_CODE_DIR", "/opt/aframe"))
    synced = Path(os.readlink(link)).name if link.is_symlink() else "nothing"
    if synced != commit:
        objects.fail(objects.WRONG_CODE, f"the code should be commit {commit}, but {link} leads to {synced}")
    spec = importlib.util.find_spec("train")
    origin = Path(spec.origin) if spec and spec.origin else None
    if origin is None or code not in origin.parents:
        objects.fail(objects.WRONG_CODE, f"the module train is taken from {origin}, not from the synced {code}")


def prepare_run_directory(directory: Path, digest: str) -> None:
    """Empties a directory that another training left on the volume: its checkpoints must not be resumed."""
    note = directory / ".aframe" / "training"
    if note.is_file() and note.read_text() == digest:
        return
    for entry in directory.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    note.parent.mkdir()
    note.write_text(digest)


def last_checkpoint(directory: Path) -> Path | None:
    checkpoints = directory.glob("lightning_logs/version_*/checkpoints/last.ckpt")
    return max(checkpoints, key=lambda file: file.stat().st_mtime, default=None)


def run_files(directory: Path) -> dict[str, Path]:
    """Everything worth keeping; W&B has its own copy of its files."""
    files = (file for file in sorted(directory.rglob("*")) if file.is_file())
    named = {file.relative_to(directory).as_posix(): file for file in files}
    return {name: file for name, file in named.items() if name.split("/")[0] not in (".aframe", "wandb")}


def installed() -> dict[str, str]:
    """Python and the packages beside train, which the name of an image does not tell; none when they cannot be read."""
    try:
        found = {entry.metadata["Name"]: entry.version for entry in importlib.metadata.distributions()}
    except Exception as error:  # noqa: BLE001 - a damaged entry of any package; the model is not lost for it
        print(f"the installed packages cannot be listed: {error}", file=sys.stderr, flush=True)
        return {}
    named = {name: version for name, version in found.items() if name and version}
    return {"python": platform.python_version(), **dict(sorted(named.items()))}


class MetricsCopy:
    """Keeps S3 abreast of the metrics while training runs; a failed copy is not worth stopping for."""

    def __init__(self, run: objects.Prefix, directory: Path) -> None:
        self.run, self.directory = run, directory
        self.copied: dict[str, int] = {}

    def update(self) -> None:
        for file in self.directory.glob("lightning_logs/version_*/metrics.csv"):
            name, changed = file.relative_to(self.directory).as_posix(), file.stat().st_mtime_ns
            if self.copied.get(name) == changed:
                continue
            try:
                upload(self.run, name, file, retry.HASTY_TRIES)
                self.copied[name] = changed
            except (retry.Failed, DiskFailed) as error:
                print(f"{name} could not be copied to {self.run.uri}: {error}", file=sys.stderr, flush=True)


def train(arguments: list[str], copies: list[MetricsCopy | KeptLog]) -> int:
    """Returns the exit code as a shell would."""
    process = subprocess.Popen([sys.executable, "-m", "train", *arguments])
    # This process is the first of the container, so it alone is told that the pod has to go.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: process.send_signal(received))
    interval = float(os.environ.get("AFRAME_SYNC_SECONDS", SYNC_SECONDS))
    while True:
        try:
            code = process.wait(interval)
            break
        except subprocess.TimeoutExpired:
            update(copies)
    update(copies)
    return code if code >= 0 else 128 - code


def update(copies: list[MetricsCopy | KeptLog]) -> None:
    for copy in copies:
        copy.update()


def upload_run(run: objects.Prefix, directory: Path, digest: str, seconds: float) -> None:
    uploaded = [upload(run, name, file, retry.PATIENT_TRIES) for name, file in run_files(directory).items()]
    manifest = {
        "version": 1,
        "stage": STAGE,
        "experiment": objects.setting("AFRAME_EXPERIMENT"),
        "settingsDigest": digest,
        "tool": "aframe-pulumi/start_training",
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "seconds": round(seconds, 3),
        "job": {"name": os.environ.get("AFRAME_JOB_NAME", ""), "uid": os.environ.get("AFRAME_JOB_UID", "")},
        "commit": os.environ.get("AFRAME_COMMIT"),
        "packages": installed(),
        # Intermediate checkpoints are kept, but nothing that follows needs them.
        "artefacts": [entry for entry in uploaded if "/checkpoints/" not in entry["name"]],
    }
    run.write_manifest(manifest)
    print(json.dumps({"model": f"{run.uri}/model.pt", "files": len(uploaded), "seconds": manifest["seconds"]}))


def main(arguments: list[str], run: objects.Prefix, log: KeptLog) -> None:
    directory = Path(objects.setting("AFRAME_RUN_DIR"))
    digest = objects.setting("AFRAME_TRAINING_DIGEST")
    objects.setting("AFRAME_EXPERIMENT")
    if commit := os.environ.get("AFRAME_COMMIT"):
        check_code(commit)
    try:
        if objects.finished(run, digest):
            print(f"this training has finished before, its model is in {run.uri}: nothing to do")
            return
        # What it lists is about to be overwritten.
        run.delete_manifest(STAGE)
    except retry.Failed as error:
        objects.fail(objects.WRONG_SETUP if error.refused else 1, str(error))

    prepare_run_directory(directory, digest)
    if checkpoint := last_checkpoint(directory):
        print(f"going on from {checkpoint}", flush=True)
        arguments = [*arguments, "--ckpt_path", str(checkpoint)]
    start = time.monotonic()
    if code := train(arguments, [MetricsCopy(run, directory), log]):
        objects.fail(code, f"python -m train ended with exit code {code}")
    if not (directory / "model.pt").is_file():
        objects.fail(1, f"training ended well, but left no {directory / 'model.pt'}")
    try:
        upload_run(run, directory, digest, time.monotonic() - start)
    except (retry.Failed, DiskFailed) as error:
        objects.fail(1, f"the model could not be brought to {run.uri}: {error}")


if __name__ == "__main__":
    run_prefix = objects.Prefix(objects.setting("AFRAME_RUN_URI"))
    with KeptLog(run_prefix, "train") as log:
        main(sys.argv[1:], run_prefix, log)
