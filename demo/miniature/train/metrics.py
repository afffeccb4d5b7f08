"""How well two sets of scores are told apart."""

import numpy as np


def auroc(noise: np.ndarray, signal: np.ndarray, max_fpr: float = 1.0) -> float:
    """Area under the ROC curve up to `max_fpr`, rescaled so that 0.5 is chance and 1 is perfect (McClish 1989)."""
    thresholds = np.sort(noise)[::-1]
    # efficiency when just the k loudest noise scores pass, for k = 0, 1, …
    efficiency = 1 - np.searchsorted(np.sort(signal), thresholds, side="right") / len(signal)
    rates = np.arange(1, len(noise) + 1) / len(noise)
    inside = rates <= max_fpr
    if not inside.any():
        raise ValueError(f"max_fpr = {max_fpr} cannot be resolved with {len(noise)} background kernels")
    area = float(efficiency[inside].sum() / len(noise))
    reach = float(rates[inside][-1])
    chance = reach**2 / 2
    return 0.5 * (1 + (area - chance) / (reach - chance))
