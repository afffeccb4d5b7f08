"""Weights and the state of a training run as zip archives of numpy arrays.

`model.pt` and `*.ckpt` carry upstream's names; they are not files of PyTorch. An archive holds arrays by name and, as
`description`, a JSON text: the network's shape and, in checkpoints, the epoch, the step and the best score so far.
"""

import json
import os
import zipfile

import numpy as np

from aframe.files import atomic_path
from train.network import Network, Shape


def write(path: str | os.PathLike, arrays: dict[str, np.ndarray], description: dict) -> None:
    text = json.dumps(description, sort_keys=True)
    with atomic_path(path) as partial, open(partial, "wb") as file:
        np.savez(file, description=np.array(text), **arrays)


def read(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict]:
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return arrays, json.loads(str(arrays.pop("description")))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a file of the miniature"
        raise ValueError(f"{path}: cannot read weights: {reason}") from None


def load_network(path: str | os.PathLike) -> Network:
    """The network stored in a `model.pt`."""
    arrays, description = read(path)
    return Network(Shape(**description["network"]), arrays)
