"""A small convolutional network over spectrograms of whitened kernels, with its gradients written out.

Shapes: b kernels, i detectors, t samples, f frames, c channels.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

WINDOW = 1 / 8  # s per frame
HOP = 1 / 32  # s between frames
HIGHEST = 256.0  # Hz
WIDTH = 5  # frames seen by each convolution


@dataclass(frozen=True)
class Shape:
    """What a network is made for; kept with its weights."""

    num_ifos: int
    sample_rate: float
    kernel_length: float
    channels: int = 32

    @property
    def kernel_size(self) -> int:
        return round(self.kernel_length * self.sample_rate)


class Network:
    """Log-power spectrogram, two convolutions along time, maximum over time, one logit."""

    def __init__(self, shape: Shape, weights: dict[str, np.ndarray] | None = None, seed: int = 0):
        self.shape = shape
        self.size = round(WINDOW * shape.sample_rate)
        self.hop = round(HOP * shape.sample_rate)
        if shape.kernel_size < self.size + 2 * WIDTH * self.hop:
            raise ValueError(f"kernel_length = {shape.kernel_length} s is too short for the network")
        time = np.arange(self.size) / shape.sample_rate
        frequency = np.fft.rfftfreq(self.size, 1 / shape.sample_rate)
        frequency = frequency[frequency <= HIGHEST]
        window = np.hanning(self.size)
        window /= np.sqrt((window**2).sum())
        phase = 2 * np.pi * time[:, None] * frequency
        self.fourier = np.hstack([np.cos(phase), np.sin(phase)]).astype(np.float32) * window[:, None].astype(np.float32)
        self.bins = len(frequency)
        self.weights = weights if weights is not None else self._random(np.random.default_rng([seed, 4]))

    def _random(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        c, inputs = self.shape.channels, self.shape.num_ifos * self.bins * WIDTH
        sizes = {"first": (inputs, c), "second": (c * WIDTH, c), "last": (c, 1)}
        weights = {}
        for name, (rows, columns) in sizes.items():
            weights[f"{name}.weight"] = (rng.standard_normal((rows, columns)) * np.sqrt(2 / rows)).astype(np.float32)
            weights[f"{name}.bias"] = np.zeros(columns, np.float32)
        return weights

    def features(self, kernels: np.ndarray) -> np.ndarray:
        """Centred log-power of whitened kernels (b, i, t), shape (b, f, i * bins)."""
        frames = sliding_window_view(kernels, self.size, axis=-1)[..., :: self.hop, :]
        b, i, f, _ = frames.shape
        parts = frames.reshape(-1, self.size) @ self.fourier
        power = parts[:, : self.bins] ** 2 + parts[:, self.bins :] ** 2
        logs = np.log1p(2 * power, dtype=np.float32) - np.float32(0.9)
        return np.ascontiguousarray(logs.reshape(b, i, f, -1).transpose(0, 2, 1, 3)).reshape(b, f, -1)

    @staticmethod
    def _unfold(x: np.ndarray) -> np.ndarray:
        """Neighbouring frames side by side: (b, f, c) to (b, f - WIDTH + 1, WIDTH * c)."""
        b, f, c = x.shape
        s = x.strides
        return np.ascontiguousarray(as_strided(x, (b, f - WIDTH + 1, WIDTH * c), (s[0], s[1], s[2])))

    def forward(self, kernels: np.ndarray) -> tuple[np.ndarray, tuple]:
        """Logits (b,) and what `backward` needs."""
        w = self.weights
        x0 = self._unfold(self.features(kernels))
        y0 = np.maximum(x0 @ w["first.weight"] + w["first.bias"], 0)
        x1 = self._unfold(y0)
        y1 = np.maximum(x1 @ w["second.weight"] + w["second.bias"], 0)
        peak = y1.argmax(1)
        pooled = np.take_along_axis(y1, peak[:, None], 1)[:, 0]
        logits = pooled @ w["last.weight"] + w["last.bias"]
        return logits[:, 0], (x0, y0, x1, y1, peak, pooled)

    def backward(self, gradient: np.ndarray, kept: tuple) -> dict[str, np.ndarray]:
        """Gradients of the weights, given that of the logits (b,)."""
        x0, y0, x1, y1, peak, pooled = kept
        w = self.weights
        g_pooled = gradient[:, None] * w["last.weight"].T
        g_y1 = np.zeros_like(y1)
        np.put_along_axis(g_y1, peak[:, None], g_pooled[:, None], 1)
        g_y1 *= y1 > 0
        g_x1 = g_y1 @ w["second.weight"].T
        g_y0 = np.zeros_like(y0)
        steps, c = g_x1.shape[1], y0.shape[2]
        for k in range(WIDTH):
            g_y0[:, k : k + steps] += g_x1[:, :, k * c : (k + 1) * c]
        g_y0 *= y0 > 0
        flat = lambda a: a.reshape(-1, a.shape[-1])  # noqa: E731
        return {
            "last.weight": pooled.T @ gradient[:, None],
            "last.bias": gradient.sum(keepdims=True),
            "second.weight": flat(x1).T @ flat(g_y1),
            "second.bias": flat(g_y1).sum(0),
            "first.weight": flat(x0).T @ flat(g_y0),
            "first.bias": flat(g_y0).sum(0),
        }

    def __call__(self, kernels: np.ndarray, batch: int = 512) -> np.ndarray:
        """Logits of any number of kernels (n, i, t)."""
        parts = [self.forward(kernels[i : i + batch])[0] for i in range(0, len(kernels), batch)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def describe(self) -> dict:
        return asdict(self.shape)
