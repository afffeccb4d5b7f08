"""Files that appear whole or not at all, with bytes that depend on their content only."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import h5py


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike) -> Iterator[Path]:
    """A path beside `path` to write to; renamed to `path` when the block ends well, removed when it fails."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # what a killed writer of this very file left behind
    for stale in target.parent.glob(f".{target.name}.*.partial"):
        stale.unlink(missing_ok=True)
    partial = target.parent / f".{target.name}.{os.getpid()}.partial"
    try:
        yield partial
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_hdf5(path: str | os.PathLike) -> Iterator[h5py.File]:
    """An HDF5 file open for writing that appears at `path` when it is complete."""
    with atomic_path(path) as partial, h5py.File(partial, "w", track_order=False) as file:
        yield file


@contextlib.contextmanager
def open_hdf5(path: str | os.PathLike) -> Iterator[h5py.File]:
    """An HDF5 file open for reading; h5py's own error does not always name the file."""
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise OSError(f"cannot read {path}: {error}") from None
    with file:
        yield file


def atomic_text(path: str | os.PathLike, text: str) -> None:
    with atomic_path(path) as partial:
        partial.write_text(text)
