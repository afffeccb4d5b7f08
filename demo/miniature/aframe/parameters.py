"""Parameter types and the directories that the AFRAME_* variables name."""

import os
from collections.abc import Callable
from pathlib import Path

import luigi

from priors.priors import Prior, end_o3_ratesandpops, nonspin_bbh


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


def load_prior(path: str) -> Callable[[], Prior]:
    """The prior function of a Python path, such as ``priors.priors.end_o3_ratesandpops``."""
    known = {f"priors.priors.{prior.__name__}": prior for prior in (end_o3_ratesandpops, nonspin_bbh)}
    if path not in known:
        raise ValueError(f"prior = {path}: the miniature has only {', '.join(known)}")
    return known[path]
