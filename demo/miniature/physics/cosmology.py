"""Distances and volumes in a flat universe of matter and a cosmological constant (Planck 2015 values)."""

import numpy as np

MPC = 3.0856775814913673e22  # m
HUBBLE_DISTANCE = 299792.458 / 67.74  # Mpc
MATTER = 0.3089

_REDSHIFT = np.linspace(0, 5, 5001)
_INVERSE_E = 1 / np.sqrt(MATTER * (1 + _REDSHIFT) ** 3 + 1 - MATTER)
_STEPS = (_INVERSE_E[1:] + _INVERSE_E[:-1]) / 2 * np.diff(_REDSHIFT)
_COMOVING = HUBBLE_DISTANCE * np.concatenate([[0], np.cumsum(_STEPS)])
# Mpc^3 of comoving volume times source time per observed time, the measure of events uniform in the source frame
_DENSITY = 4 * np.pi * _COMOVING**2 * HUBBLE_DISTANCE * _INVERSE_E / (1 + _REDSHIFT)
_VOLUME = np.concatenate([[0], np.cumsum((_DENSITY[1:] + _DENSITY[:-1]) / 2 * np.diff(_REDSHIFT))])


def luminosity_distance(redshift: np.ndarray) -> np.ndarray:
    """Mpc."""
    return (1 + redshift) * np.interp(redshift, _REDSHIFT, _COMOVING)


def astrophysical_volume(redshift: np.ndarray | float) -> np.ndarray:
    """Mpc^3 in which events uniform in the source frame are seen out to `redshift`."""
    return np.interp(redshift, _REDSHIFT, _VOLUME)


def redshift_of_volume(volume: np.ndarray) -> np.ndarray:
    """The inverse of `astrophysical_volume`."""
    return np.interp(volume, _VOLUME, _REDSHIFT)
