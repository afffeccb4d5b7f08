"""A stand-in for law in tests that are about the cluster: each task leaves its files at once, with made-up contents.

The layout is the pipeline's own; what a task makes depends on its name alone, but export copies the trained model, so
that a test can tell which training the results come from.
"""

import os
import sys
from pathlib import Path

TRAIN = Path(os.environ["AFRAME_TRAIN_DATA_DIR"])
TEST = Path(os.environ["AFRAME_TEST_DATA_DIR"])
RUN = Path(os.environ["AFRAME_TRAIN_RUN_DIR"])
RESULTS = Path(os.environ["AFRAME_RESULTS_DIR"])

MADE = {
    "FetchTrain": [TRAIN / "segments.txt", TRAIN / "background/background-0-64.hdf5"],
    "TrainingWaveforms": [TRAIN / "training_waveforms/waveforms-0.hdf5"],
    "ValidationWaveforms": [TRAIN / "val_waveforms.hdf5"],
    "FetchTest": [TEST / "segments.txt", TEST / "background/background-0-64.hdf5"],
    "TestingWaveforms": [TEST / "waveforms.hdf5", TEST / "rejected-parameters.hdf5"],
    "ExportLocal": [RESULTS / "model_repo/aframe/config.pbtxt", RESULTS / "model_repo/aframe/1/model.onnx"],
    "SandboxInfer": [RESULTS / "foreground.hdf5", RESULTS / "background.hdf5", RESULTS / "0lag.hdf5"],
    "SandboxSV": [RESULTS / "plots/sensitive_volume.h5", RESULTS / "plots/sensitive_volume.html"],
}

task = sys.argv[2].rsplit(".", 1)[-1]
for file in MADE[task]:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Large enough for a megabyte of training data, which is told in megabytes.
    lines = 10_000 if file.suffix == ".hdf5" else 100
    made = f"{task} {file.name}\n".encode() * lines
    content = (RUN / "model.pt").read_bytes() if file.name == "model.onnx" else made
    file.write_bytes(content)
