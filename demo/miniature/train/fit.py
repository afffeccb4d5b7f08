"""The training loop: Adam with a one-cycle learning rate, a log, checkpoints, and the best model at the end."""

import csv
import math
import time
from pathlib import Path

import numpy as np
import yaml

from aframe.files import atomic_hdf5, atomic_path, atomic_text
from train import checkpoint
from train.data import Kernels
from train.metrics import auroc
from train.network import Network, Shape
from train.settings import Settings, UsageError

COLUMNS = ("epoch", "step", "train_loss", "valid_auroc", "lr")


def learning_rate(step: int, total: int, peak: float, ramp: float) -> float:
    """One cycle: a cosine rise over the first part `ramp`, then a cosine fall."""
    rise = max(1, round(ramp * total))
    if step < rise:
        return peak * (0.04 + 0.96 * (1 - math.cos(math.pi * step / rise)) / 2)
    return peak * (1e-4 + (1 + math.cos(math.pi * (step - rise) / max(1, total - rise))) / 2)


def loss_gradient(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Binary cross entropy and its gradient with respect to the logits."""
    loss = np.logaddexp(0, logits) - labels * logits
    return float(loss.mean()), ((1 / (1 + np.exp(-logits)) - labels) / len(labels)).astype(np.float32)


class State:
    """All that a run needs to go on: the network, Adam's moments, the epoch, and the best network so far."""

    def __init__(self, network: Network):
        self.network = network
        self.first = {name: np.zeros_like(w) for name, w in network.weights.items()}
        self.second = {name: np.zeros_like(w) for name, w in network.weights.items()}
        self.best = {name: w.copy() for name, w in network.weights.items()}
        self.epoch = 0  # epochs done
        self.step = 0
        self.best_score = -1.0

    def update(self, gradients: dict[str, np.ndarray], rate: float, decay: float) -> None:
        self.step += 1
        for name, g in gradients.items():
            self.first[name] = 0.9 * self.first[name] + np.float32(0.1) * g
            self.second[name] = 0.999 * self.second[name] + np.float32(0.001) * g**2
            mean = self.first[name] / (1 - 0.9**self.step)
            scale = np.sqrt(self.second[name] / (1 - 0.999**self.step)) + 1e-8
            weights = self.network.weights
            weights[name] = (weights[name] * (1 - rate * decay) - rate * mean / scale).astype(np.float32)

    def save(self, path: Path) -> None:
        groups = {"weights": self.network.weights, "first": self.first, "second": self.second, "best": self.best}
        arrays = {f"{group}/{name}": w.astype(np.float32) for group, all_ in groups.items() for name, w in all_.items()}
        counts = {"epoch": self.epoch, "step": self.step, "best_score": self.best_score}
        checkpoint.write(path, arrays, {"network": self.network.describe(), **counts})

    @classmethod
    def load(cls, path: str, shape: Shape) -> "State":
        arrays, description = checkpoint.read(path)
        if Shape(**description["network"]) != shape:
            raise UsageError(f"ckpt_path = {path} is for a network of {description['network']}, not of {shape}")
        group = lambda name: {k.partition("/")[2]: w for k, w in arrays.items() if k.startswith(f"{name}/")}  # noqa: E731
        state = cls(Network(shape, group("weights")))
        state.first, state.second, state.best = group("first"), group("second"), group("best")
        state.epoch, state.step = description["epoch"], description["step"]
        state.best_score = description["best_score"]
        return state


class Log:
    """`lightning_logs/version_<n>`: hyperparameters and one row of metrics per entry."""

    def __init__(self, run_dir: Path, hyperparameters: dict):
        parent = run_dir / "lightning_logs"
        taken = [int(p.name[8:]) for p in parent.glob("version_*") if p.name[8:].isdigit()]
        self.folder = parent / f"version_{max(taken, default=-1) + 1}"
        self.checkpoints = self.folder / "checkpoints"
        self.checkpoints.mkdir(parents=True)
        atomic_text(self.folder / "hparams.yaml", yaml.safe_dump(hyperparameters))
        self.file = open(self.folder / "metrics.csv", "w", newline="")
        self.rows = csv.DictWriter(self.file, COLUMNS, lineterminator="\n")
        self.rows.writeheader()

    def row(self, **values: float) -> None:
        self.rows.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in values.items()})
        self.file.flush()


def fit(settings: Settings) -> None:
    """Train and leave `model.pt` (last of all), `best.ckpt`, `batch.h5`, `val_batch.h5` and the log in the run dir."""
    data, model, trainer = settings.data, settings.model, settings.trainer
    if not trainer.save_dir or trainer.save_dir.startswith("s3://"):
        raise UsageError(f"--trainer.logger.save_dir {trainer.save_dir or ''}: expected a local folder")
    run_dir = Path(trainer.save_dir)
    shape = Shape(len(data.ifos), data.sample_rate, data.kernel_length)
    state = State(Network(shape, seed=settings.seed))
    if settings.ckpt_path:
        state = State.load(settings.ckpt_path, shape)
        say(f"resuming from {settings.ckpt_path} after epoch {state.epoch - 1}")
    kernels = Kernels(data)
    noise, injected = kernels.validation()
    say(
        f"{sum(part.shape[1] for part in kernels.background) / data.sample_rate:.0f} s of background, "
        f"{len(kernels.signals)} signals; validation on {len(noise)} noise and {len(injected)} signal kernels"
    )
    run_dir.mkdir(parents=True, exist_ok=True)
    save_batches(run_dir, kernels, settings.seed, noise, injected)
    log = Log(run_dir, hyperparameters(settings))
    max_fpr = float((model.metric.get("init_args") or {}).get("max_fpr", 1e-3))
    total = trainer.max_epochs * data.batches_per_epoch
    best_path = None
    for epoch in range(state.epoch, trainer.max_epochs):
        began = time.monotonic()
        # a stream per epoch: a resumed run draws what an uninterrupted one would have
        rng = np.random.default_rng([settings.seed, 5, epoch])
        pool = kernels.signal_pool(rng)
        losses = []
        for _ in range(data.batches_per_epoch):
            x, y = kernels.batch(pool, rng)
            logits, kept = state.network.forward(x)
            loss, gradient = loss_gradient(logits, y)
            rate = learning_rate(state.step, total, model.learning_rate, model.pct_lr_ramp)
            state.update(state.network.backward(gradient, kept), rate, model.weight_decay)
            losses.append(loss)
            if state.step % trainer.log_every_n_steps == 0:
                log.row(epoch=epoch, step=state.step, train_loss=loss, lr=rate)
        score = auroc(state.network(noise), state.network(injected), max_fpr)
        mean = float(np.mean(losses))
        log.row(epoch=epoch, step=state.step, train_loss=mean, valid_auroc=score, lr=rate)
        state.epoch = epoch + 1
        if score > state.best_score:
            state.best_score, state.best = score, {name: w.copy() for name, w in state.network.weights.items()}
            previous, best_path = best_path, log.checkpoints / f"{epoch}-{state.step}.ckpt"
            state.save(best_path)
            if previous:
                previous.unlink()
        state.save(log.checkpoints / "last.ckpt")
        say(
            f"epoch {epoch}/{trainer.max_epochs - 1}: train_loss {mean:.4f}, valid_auroc {score:.4f}, "
            f"{time.monotonic() - began:.1f} s"
        )
    log.file.close()
    finish(run_dir, state, best_path or Path(settings.ckpt_path))


def finish(run_dir: Path, state: State, best_path: Path) -> None:
    with atomic_path(run_dir / "best.ckpt") as partial:
        partial.write_bytes(best_path.read_bytes())
    checkpoint.write(run_dir / "model.pt", state.best, {"network": state.network.describe()})
    say(f"best valid_auroc {state.best_score:.4f}; wrote {run_dir / 'model.pt'}")


def save_batches(run_dir: Path, kernels: Kernels, seed: int, noise: np.ndarray, injected: np.ndarray) -> None:
    """One training batch (X, y) and one of validation (X_bg, X_inj), for export and for looking at."""
    rng = np.random.default_rng([seed, 6])
    x, y = kernels.batch(kernels.signal_pool(rng), rng)
    with atomic_hdf5(run_dir / "batch.h5") as file:
        file["X"], file["y"] = x, y
    with atomic_hdf5(run_dir / "val_batch.h5") as file:
        file["X_bg"], file["X_inj"] = noise[: len(x)], injected[: len(x)]


def hyperparameters(settings: Settings) -> dict:
    folders = ("data_dir", "background_dir", "waveforms_dir")
    data = {k: v for k, v in vars(settings.data).items() if k not in folders}
    return {"seed": settings.seed, **data, **vars(settings.model), "max_epochs": settings.trainer.max_epochs}


def say(text: str) -> None:
    print(f"train: {text}", flush=True)
