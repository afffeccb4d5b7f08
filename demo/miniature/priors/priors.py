"""Simple populations of binary black holes under upstream's names: narrower, flatter and without spin."""

from dataclasses import dataclass

import numpy as np

from physics import cosmology

# parameters of upstream's files that are zero here: the signals do not spin
SPINS = ("a_1", "a_2", "tilt_1", "tilt_2", "phi_12", "phi_jl")


def _power_law(uniform: np.ndarray, index: float, low, high) -> np.ndarray:
    exponent = index + 1
    return (low**exponent + uniform * (high**exponent - low**exponent)) ** (1 / exponent)


@dataclass(frozen=True)
class Prior:
    """Masses in the source frame (solar masses) and redshifts out to `max_redshift`, uniform in source frame.

    `primary` and `secondary` are the power-law indices of mass_1 between the limits and of mass_2 up to mass_1.
    """

    primary: float
    secondary: float
    min_mass: float = 8.0
    max_mass: float = 80.0
    max_redshift: float = 1.0

    def sample(self, count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """`count` sources with all parameters of upstream's files; masses in the detector frame."""
        mass_1 = _power_law(rng.random(count), self.primary, self.min_mass, self.max_mass)
        mass_2 = _power_law(rng.random(count), self.secondary, self.min_mass, mass_1)
        redshift = cosmology.redshift_of_volume(rng.random(count) * cosmology.astrophysical_volume(self.max_redshift))
        parameters = {
            "mass_1": mass_1 * (1 + redshift),
            "mass_2": mass_2 * (1 + redshift),
            **{name: np.zeros(count) for name in SPINS},
            **sky_position(count, rng),
            "redshift": redshift,
            "theta_jn": np.arccos(rng.uniform(-1, 1, count)),
            "phase": rng.uniform(0, 2 * np.pi, count),
        }
        return parameters

    def mass_density(self, mass_1: np.ndarray, mass_2: np.ndarray) -> np.ndarray:
        """Probability density of source-frame masses, per solar mass squared."""
        a, b = self.primary + 1, self.secondary + 1
        first = a * mass_1**self.primary / (self.max_mass**a - self.min_mass**a)
        second = b * mass_2**self.secondary / np.maximum(mass_1**b - self.min_mass**b, 1e-9)
        inside = (mass_1 >= self.min_mass) & (mass_1 <= self.max_mass) & (mass_2 >= self.min_mass) & (mass_2 <= mass_1)
        return np.where(inside, first * second, 0)


def sky_position(count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Isotropic directions and polarization angles in rad."""
    return {
        "ra": rng.uniform(0, 2 * np.pi, count),
        "dec": np.arcsin(rng.uniform(-1, 1, count)),
        "psi": rng.uniform(0, np.pi, count),
    }


def end_o3_ratesandpops() -> Prior:
    """Primary masses falling as a power law, secondaries favouring equal masses."""
    return Prior(primary=-1.5, secondary=1.0)


def nonspin_bbh() -> Prior:
    """Uniform masses."""
    return Prior(primary=0.0, secondary=0.0)


def log_normal_masses(mean_1: float, mean_2: float, sigma: float = 0.1):
    """Density of source-frame masses that are log-normal about a pair of means; a function of mass_1, mass_2."""

    def density(mass_1: np.ndarray, mass_2: np.ndarray) -> np.ndarray:
        result = np.ones_like(mass_1)
        for mass, mean in ((mass_1, mean_1), (mass_2, mean_2)):
            deviation = (np.log(mass / mean) + sigma**2 / 2) / sigma
            result = result * np.exp(-(deviation**2) / 2) / (mass * sigma * np.sqrt(2 * np.pi))
        return result

    return density
