"""Parameter types and the directories that the AFRAME_* variables name."""

import importlib
import os
from pathlib import Path
from typing import Callable

import luigi


class PathParameter(luigi.Parameter):
    """A folder or file of this machine. The miniature knows no S3: the caller mirrors data to local folders."""

    def parse(self, x: str | Path) -> Path:
        text = str(x)
        if text.startswith("s3://"):
            raise ValueError(f"{text}: the miniature reads and writes local folders only; give it a local mirror")
        if text.startswith("$"):
            raise ValueError(f"the environment variable {text[1:].split('/')[0]} is not set; it names a data folder")
        return Path(text)

    def normalize(self, x: str | Path) -> Path:
        return self.parse(x)

    def serialize(self, x: Path) -> str:
        return str(x)


def directory(variable: str, *parts: str) -> str:
    """The folder in `variable`, with `parts` below it; an unset variable is reported when a task needs it."""
    return os.path.join(os.environ.get(variable) or f"${variable}", *parts)


def load_prior(path: str) -> Callable:
    """Import a prior function by its Python path, such as ``priors.priors.end_o3_ratesandpops``."""
    module_path, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module_path), name)
    except (ImportError, AttributeError, ValueError):
        from priors import priors

        allowed = ", ".join(f"priors.priors.{known}" for known in priors.KNOWN)
        raise ValueError(f"prior = {path}: no such prior in the miniature; allowed: {allowed}") from None
