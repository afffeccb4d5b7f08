"""The options of a training run: upstream's yaml and flags, of which the miniature uses some and accepts the rest."""

import difflib
import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

# keys of upstream's yaml and flags that have no counterpart here
ACCEPTED = {
    "data": "psd_length chunk_size chunks_per_epoch swap_prob mute_prob valid_frac verbose max_snr snr_alpha q "
    "num_files_per_batch waveform_sampler dec psi phi",
    "model": "arch patience save_top_k_models",
    "trainer": "accelerator benchmark callbacks check_val_every_n_epoch devices enable_progress_bar logger num_nodes "
    "precision profiler strategy",
}


class UsageError(Exception):
    """A wrong option; the message names it and what is allowed."""


@dataclass
class Data:
    ifos: list[str] = field(default_factory=lambda: ["H1", "L1"])
    data_dir: str | None = None
    background_dir: str | None = None
    waveforms_dir: str | None = None
    sample_rate: float = 2048.0  # Hz
    kernel_length: float = 1.5  # s
    fduration: float = 1.0  # s, length of the whitening filter
    highpass: float = 32.0  # Hz
    lowpass: float | None = None  # Hz
    fftlength: float | None = None  # s, default kernel_length + fduration
    batch_size: int = 384
    batches_per_epoch: int = 3700
    waveform_prob: float = 0.277  # part of a batch that holds a signal
    left_pad: float = 0.25  # s, least time from the kernel's start to the merger
    right_pad: float = 0.05  # s, least time from the merger to the kernel's end
    snr_sampler: dict = field(default_factory=dict)  # init_args: minimum, maximum, index of a power law
    valid_stride: float = 0.5  # s
    num_valid_views: int = 5
    valid_livetime: float = 57600.0  # s
    min_valid_duration: float = 15000.0  # s of background kept for validation


@dataclass
class Model:
    learning_rate: float = 0.000585
    weight_decay: float = 0.0
    pct_lr_ramp: float = 0.115
    metric: dict = field(default_factory=dict)  # init_args: max_fpr


@dataclass
class Trainer:
    max_epochs: int = 200
    log_every_n_steps: int = 20
    save_dir: str | None = None


@dataclass
class Settings:
    seed: int
    ckpt_path: str | None
    data: Data
    model: Model
    trainer: Trainer


def _place(tree: dict, key: str, value: Any) -> None:
    """Set `a.b.c` in nested dictionaries; a `+` at the end of the key appends."""
    *path, last = key.rstrip("+").split(".")
    for part in path:
        child = tree.get(part)
        if isinstance(child, list):  # flags without an index address the first logger, as upstream's do
            child = child[0] if child and isinstance(child[0], dict) else {}
        tree[part] = tree = child if isinstance(child, dict) else {}
    tree[last] = [*(tree.get(last) or []), value] if key.endswith("+") and isinstance(tree.get(last), list) else value


def _value(text: str) -> Any:
    value = yaml.safe_load(text) if text else None
    return None if value == "None" else value


def parse(arguments: list[str]) -> Settings:
    """Settings of a command line (without `fit`): yaml files and flags, later ones win."""
    tree: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        flag = rest.pop(0)
        if not flag.startswith("--"):
            raise UsageError(f"{flag}: expected a flag such as --data.data_dir")
        key, equals, text = flag[2:].partition("=")
        if not equals:
            if not rest:
                raise UsageError(f"{flag} needs a value")
            text = rest.pop(0)
        if key == "config":
            _merge(tree, _load(text))
        elif key.startswith("trainer.logger"):
            if key == "trainer.logger.save_dir":
                tree.setdefault("trainer", {})["save_dir"] = text
        else:
            _place(tree, key, _value(text))
    return _settings(tree)


def _load(text: str) -> dict:
    """A yaml file, or its content as one line of JSON."""
    if text.lstrip().startswith("{"):
        return json.loads(text)
    try:
        loaded = yaml.safe_load(Path(text).read_text())
    except OSError as error:
        raise UsageError(f"--config {text}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"--config {text} is not yaml: {error}") from None
    if not isinstance(loaded, dict):
        raise UsageError(f"--config {text}: expected sections model, data and trainer")
    return loaded


def _merge(tree: dict, other: dict) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(tree.get(key), dict):
            _merge(tree[key], value)
        else:
            tree[key] = value


def _settings(tree: dict) -> Settings:
    known = {"seed_everything", "ckpt_path", "data", "model", "trainer"}
    for key in tree:
        if key not in known:
            raise UsageError(f"unknown option {key}; allowed: {', '.join(sorted(known))}")
    trainer = dict(tree.get("trainer") or {})
    for logger in trainer.get("logger") if isinstance(trainer.get("logger"), list) else []:
        init = (logger or {}).get("init_args") or {}
        if init.get("save_dir"):
            trainer.setdefault("save_dir", init["save_dir"])
    return Settings(
        seed=int(tree.get("seed_everything") or 0),
        ckpt_path=tree.get("ckpt_path") or None,
        data=_section(Data, "data", tree.get("data")),
        model=_section(Model, "model", tree.get("model")),
        trainer=_section(Trainer, "trainer", trainer),
    )


def _section(cls: type, name: str, given: dict | None) -> Any:
    """One section, its keys either direct or under upstream's class_path and init_args."""
    given = dict(given or {})
    given.pop("class_path", None)
    given = {**(given.pop("init_args", None) or {}), **given}
    types = {f.name: f.type for f in fields(cls)}
    accepted = ACCEPTED[name].split()
    values = {}
    for key, value in given.items():
        if key in types:
            values[key] = _typed(f"{name}.{key}", value, types[key])
        elif key not in accepted:
            near = difflib.get_close_matches(key, [*types, *accepted], 1)
            raise UsageError(f"unknown option {name}.{key}" + (f"; did you mean {name}.{near[0]}?" if near else ""))
    return cls(**values)


def _typed(name: str, value: Any, expected: Any) -> Any:
    if value is None and "None" in str(expected):
        return None
    try:
        if expected is int and float(value) == int(float(value)):
            return int(float(value))
        if "float" in str(expected):
            return float(value)
        if expected in (dict, list[str]) and not isinstance(value, (dict, list)):
            raise ValueError
        if expected is not int:
            return value if not expected == (str | None) else str(value)
    except (TypeError, ValueError):
        pass
    raise UsageError(f"{name} = {value!r}: expected {getattr(expected, '__name__', expected)}")
