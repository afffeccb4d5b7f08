"""Leading-order (Newtonian quadrupole) inspirals of two point masses, and how loud they are."""

import numpy as np

from physics.cosmology import MPC

SOLAR_MASS = 4.925490947e-6  # s, G M_sun / c^3
LIGHT_SECOND = 299792458.0  # m


def chirp_mass(mass_1: np.ndarray, mass_2: np.ndarray) -> np.ndarray:
    return (mass_1 * mass_2) ** 0.6 / (mass_1 + mass_2) ** 0.2


def polarizations(
    parameters: dict[str, np.ndarray],
    sample_rate: float,
    duration: float,
    coalescence_time: float,
    minimum_frequency: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Plus and cross strain, each of shape (n, duration * sample_rate), of inspirals that merge at `coalescence_time`.

    Phase and amplitude follow the quadrupole formula (e.g. M. Maggiore, Gravitational Waves, vol. 1, section 4.1) up to
    the last stable orbit; from there the frequency stays and the amplitude falls off over two cycles. Masses are in
    solar masses and the detector frame, distances in Mpc.
    """
    mass = parameters["mass_1"] + parameters["mass_2"]
    chirp = (chirp_mass(parameters["mass_1"], parameters["mass_2"]) * SOLAR_MASS)[:, None]
    last_frequency = 1 / (6**1.5 * np.pi * mass * SOLAR_MASS)[:, None]
    # time before the formal coalescence at which the frequency is f
    last_orbit = 5 / 256 * chirp ** (-5 / 3) * (np.pi * last_frequency) ** (-8 / 3)
    first = 5 / 256 * chirp ** (-5 / 3) * (np.pi * np.minimum(minimum_frequency, last_frequency / 2)) ** (-8 / 3)

    time = np.arange(round(duration * sample_rate)) / sample_rate - coalescence_time
    past = np.maximum(time[None], 0)  # s since the last stable orbit, at which we place the merger
    before = np.maximum(last_orbit - time[None], last_orbit)  # s until the formal coalescence
    phase = -2 * (before / (5 * chirp)) ** (5 / 8) + 2 * np.pi * last_frequency * past
    amplitude = (chirp ** (5 / 4)) * (5 / before) ** (1 / 4) * LIGHT_SECOND
    amplitude /= (parameters["luminosity_distance"] * MPC)[:, None]
    amplitude *= np.cos(np.pi / 2 * np.minimum(past * last_frequency / 2, 1)) ** 2
    amplitude *= np.sin(np.pi / 2 * np.clip((first - before) * minimum_frequency / 2, 0, 1)) ** 2

    inclination = parameters["theta_jn"][:, None]
    phase = phase + parameters["phase"][:, None]
    plus = amplitude * (1 + np.cos(inclination) ** 2) / 2 * np.cos(phase)
    cross = amplitude * np.cos(inclination) * np.sin(phase)
    return plus, cross


def snrs(strain: np.ndarray, psd: np.ndarray, sample_rate: float, highpass: float, lowpass: float | None) -> np.ndarray:
    """Optimal signal-to-noise ratio of strain (n, ifos, samples) in each detector, shape (n, ifos).

    `psd` has shape (ifos, samples // 2 + 1), one-sided, in 1/Hz.
    """
    size = strain.shape[-1]
    frequency = np.fft.rfftfreq(size, 1 / sample_rate)
    band = (frequency >= highpass) & (frequency <= (lowpass or np.inf))
    power = np.abs(np.fft.rfft(strain)[..., band] / sample_rate) ** 2
    return np.sqrt((4 * power / psd[:, band]).sum(-1) * sample_rate / size)
