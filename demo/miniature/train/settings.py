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
    "model": "arch",
    "trainer": "accelerator benchmark callbacks check_val_every_n_epoch devices enable_progress_bar logger num_nodes "
    "precision profiler strategy",
}


class UsageError(Exception):
    """A wrong option or unusable data; the message names it and what is allowed."""


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
        elif key == "trainer.logger.save_dir":
            _merge(tree, {"trainer": {"save_dir": text}})
        elif not key.startswith("trainer.logger"):  # other loggers are not started
            *path, last = key.split(".")
            value: Any = {last: _value(text)}
            for part in reversed(path):
                value = {part: value}
            _merge(tree, value)
    return _settings(tree)


def _value(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return None if value == "None" else value


def _load(text: str) -> dict:
    """The content of a yaml file, or of one line of JSON."""
    try:
        loaded = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(Path(text).read_text())
    except OSError as error:
        raise UsageError(f"--config {text}: {error.strerror}") from None
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise UsageError(f"--config {text}: {error}") from None
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
    known = [f.name for f in fields(Settings) if f.name != "seed"] + ["seed_everything"]
    for key in tree:
        if key not in known:
            raise UsageError(f"unknown option {key}; allowed: {', '.join(sorted(known))}")
    trainer = dict(tree.get("trainer") or {})
    loggers = trainer.get("logger")
    for logger in loggers if isinstance(loggers, list) else []:
        save_dir = ((logger or {}).get("init_args") or {}).get("save_dir")
        if save_dir:
            trainer.setdefault("save_dir", save_dir)
    return Settings(
        seed=_whole(tree.get("seed_everything") or 0),
        ckpt_path=tree.get("ckpt_path") or None,
        data=_section(Data, "data", tree.get("data")),
        model=_section(Model, "model", tree.get("model")),
        trainer=_section(Trainer, "trainer", trainer),
    )


def _whole(value: Any) -> int:
    if float(value) != int(float(value)):
        raise ValueError
    return int(float(value))


def _instance(*types: type):
    def check(value: Any) -> Any:
        if not isinstance(value, types):
            raise ValueError
        return value

    return check


CONVERT = {
    int: ("a whole number", _whole),
    float: ("a number", float),
    float | None: ("a number or null", lambda value: None if value is None else float(value)),
    str | None: ("text", _instance(str, type(None))),
    list[str]: ("a list such as [H1,L1]", _instance(list)),
    dict: ("class_path and init_args", _instance(dict)),
}


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
            expected, convert = CONVERT[types[key]]
            try:
                values[key] = convert(value)
            except (TypeError, ValueError):
                raise UsageError(f"{name}.{key} = {value!r}: expected {expected}") from None
        elif key not in accepted:
            near = difflib.get_close_matches(key, [*types, *accepted], 1)
            raise UsageError(f"unknown option {name}.{key}" + (f"; did you mean {name}.{near[0]}?" if near else ""))
    return cls(**values)
