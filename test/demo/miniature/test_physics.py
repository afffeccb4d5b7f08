"""The noise, the signals and what is measured with them."""

import unittest

import numpy as np

from physics import cosmology
from physics.detectors import GEOMETRY, SPEED_OF_LIGHT, coincident, observing, project
from physics.inspiral import SOLAR_MASS, chirp_mass, polarizations, snrs
from physics.noise import design_psd, detector_noise
from physics.whitening import estimate_psd, whiten
from priors.priors import end_o3_ratesandpops, log_normal_masses, nonspin_bbh

GPS = 1240579783
RATE = 1024


def source(**changes: float) -> dict[str, np.ndarray]:
    values = {"mass_1": 30.0, "mass_2": 25.0, "luminosity_distance": 500.0, "theta_jn": 0.0, "phase": 0.0}
    return {name: np.array([value]) for name, value in {**values, **changes}.items()}


class Noise(unittest.TestCase):
    def test_its_spectrum_is_the_design_curve(self):
        psd = estimate_psd(detector_noise("H1", GPS, 512, RATE), RATE, 4)
        frequency = np.linspace(0, RATE / 2, len(psd))
        for low, high in ((20, 30), (30, 60), (60, 120), (120, 250), (250, 450)):
            band = (frequency >= low) & (frequency < high)
            self.assertAlmostEqual(np.mean(psd[band] / design_psd(frequency[band])), 1, delta=0.05)

    def test_the_design_curve_has_the_published_depth(self):
        # about 4e-24 per root Hz near 200 Hz, and above 1e-23 at 20 Hz
        self.assertAlmostEqual(np.sqrt(design_psd(np.array(245.4))), 3.79e-24, delta=0.01e-24)
        self.assertGreater(np.sqrt(design_psd(np.array(20.0))), 1e-23)

    def test_a_second_holds_the_same_strain_however_files_are_cut(self):
        whole = detector_noise("L1", GPS, 64, RATE)
        part = detector_noise("L1", GPS + 21, 10, RATE)
        np.testing.assert_allclose(part, whole[21 * RATE : 31 * RATE], atol=1e-9 * whole.std())

    def test_detectors_are_independent(self):
        h1, l1 = (detector_noise(ifo, GPS, 256, RATE) for ifo in ("H1", "L1"))
        self.assertLess(abs(np.corrcoef(h1, l1)[0, 1]), 0.02)

    def test_whitening_gives_unit_variance_in_the_band(self):
        strain = detector_noise("H1", GPS, 128, RATE)[None]
        whitened = whiten(strain, estimate_psd(strain, RATE, 2.5), RATE, 1, 32, None)[:, RATE:-RATE]
        spectrum = estimate_psd(whitened, RATE, 1)[0] * RATE / 2
        self.assertAlmostEqual(spectrum[40:500].mean(), 1, delta=0.05)
        self.assertLess(spectrum[:25].mean(), 0.02)

    def test_the_psd_of_white_noise_is_flat_whatever_the_number_of_pieces(self):
        white = np.random.default_rng(1).standard_normal((400, 16 * 64))
        for pieces in (1, 3, 7, 15):
            psd = estimate_psd(white[:, : (pieces + 1) * 64], 128, 1)[:, 4:-4]
            self.assertAlmostEqual(psd.mean() * 64, 1, delta=0.03)

    def test_too_little_strain_for_a_psd_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "0.5 s of strain are too short"):
            estimate_psd(np.zeros(64), 128, 1)


class Inspiral(unittest.TestCase):
    def test_the_frequency_follows_the_quadrupole_formula(self):
        rate = 16384
        plus, _ = polarizations(source(), rate, 4, 3, 10)
        crossings = np.flatnonzero(np.diff(np.sign(plus[0]))) / rate
        middle = (crossings[1:] + crossings[:-1]) / 2
        frequency = 1 / (2 * np.diff(crossings))
        chirp = chirp_mass(30.0, 25.0) * SOLAR_MASS
        last = 5 / 256 * chirp ** (-5 / 3) * (np.pi / (6**1.5 * np.pi * 55 * SOLAR_MASS)) ** (-8 / 3)
        before = 3 + last - middle
        expected = (5 / (256 * np.maximum(before, last))) ** (3 / 8) * chirp ** (-5 / 8) / np.pi
        early = (middle > 1) & (middle < 2.95)
        self.assertGreater(early.sum(), 50)
        np.testing.assert_allclose(frequency[early], expected[early], rtol=0.02)

    def test_it_is_over_soon_after_the_merger(self):
        plus, cross = polarizations(source(), RATE, 4, 3, 20)
        after = int(3.1 * RATE)
        self.assertLess(np.abs([plus[0, after:], cross[0, after:]]).max(), 1e-6 * np.abs(plus).max())
        self.assertAlmostEqual(np.abs(plus[0]).argmax() / RATE, 3, delta=0.02)

    def test_twice_the_distance_is_half_the_snr(self):
        psd = np.stack([design_psd(np.fft.rfftfreq(4 * RATE, 1 / RATE))])
        near, far = (
            snrs(polarizations(source(luminosity_distance=d), RATE, 4, 3, 20)[0][:, None], psd, RATE, 32, None)
            for d in (500.0, 1000.0)
        )
        self.assertAlmostEqual(float(near[0, 0] / far[0, 0]), 2, places=6)
        # 30 + 25 solar masses, face on and overhead, at 500 Mpc: tens at design sensitivity
        self.assertTrue(40 < near[0, 0] < 120, near)

    def test_the_norm_of_a_whitened_signal_is_its_snr(self):
        strain = polarizations(source(), RATE, 4, 3, 20)[0][:, None]
        frequency = np.fft.rfftfreq(4 * RATE, 1 / RATE)
        snr = snrs(strain, design_psd(frequency)[None], RATE, 32, None)[0, 0]
        whitened = whiten(strain, design_psd(np.linspace(0, RATE / 2, 1281))[None], RATE, 1, 32, None)
        self.assertAlmostEqual(np.sqrt((whitened**2).sum()) / snr, 1, delta=0.03)


class Detectors(unittest.TestCase):
    def test_a_source_overhead_is_seen_in_full_and_one_in_the_plane_of_the_arms_less(self):
        vertex, x, y = (np.array(v) for v in GEOMETRY["H1"])
        for direction, low, high in ((np.cross(x, y), 0.995, 1.005), ((x + y) / np.sqrt(2), 0, 0.01)):
            sky = {"ra": [np.arctan2(direction[1], direction[0])], "dec": [np.arcsin(direction[2])], "psi": [0.3]}
            sky = {name: np.array(value) for name, value in sky.items()}
            pulse = np.zeros((1, 256))
            pulse[0, 128] = 1
            power = sum(
                np.square(project(*pair, sky, ["H1"], RATE)).sum() for pair in ((pulse, 0 * pulse), (0 * pulse, pulse))
            )
            self.assertTrue(low <= power <= high, power)

    def test_the_signal_travels_between_the_sites_at_the_speed_of_light(self):
        baseline = np.array(GEOMETRY["H1"][0]) - np.array(GEOMETRY["L1"][0])
        direction = baseline / np.linalg.norm(baseline)  # the source is beyond Hanford
        sky = {"ra": np.array([np.arctan2(direction[1], direction[0])]), "dec": np.array([np.arcsin(direction[2])])}
        sky["psi"] = np.array([0.7])
        rate = 16384
        pulse = np.exp(-(((np.arange(4096) - 2048) / 20) ** 2))[None]
        h1, l1 = np.abs(project(pulse, pulse, sky, ["H1", "L1"], rate)[0]).argmax(-1) / rate
        self.assertAlmostEqual(l1 - h1, np.linalg.norm(baseline) / SPEED_OF_LIGHT, delta=2e-4)
        self.assertAlmostEqual(l1 - h1, 0.0100, delta=2e-4)

    def test_an_unknown_detector_is_an_error_that_names_the_known_ones(self):
        with self.assertRaisesRegex(ValueError, "no detector X1; allowed: H1, L1, V1"):
            project(np.zeros((1, 8)), np.zeros((1, 8)), {k: np.zeros(1) for k in ("ra", "dec", "psi")}, ["X1"], RATE)

    def test_coincident_time_is_when_all_observe(self):
        start, end = GPS, GPS + 20000
        seconds = [s for s in range(start, end) if all(inside(s, observing(i, start, end)) for i in ("H1", "L1"))]
        common = coincident(["H1", "L1"], start, end, 0)
        self.assertEqual(seconds, [s for a, b in common for s in range(a, b)])
        self.assertGreater(len(common), 5)
        self.assertTrue(all(b - a >= 2000 for a, b in coincident(["H1", "L1"], start, end, 2000)))


def inside(second: int, stretches: list[tuple[int, int]]) -> bool:
    return any(a <= second < b for a, b in stretches)


class Populations(unittest.TestCase):
    def test_distances_agree_with_the_literature(self):
        # Planck 2015: 6.8 Gpc at redshift 1, 475 Mpc at 0.1
        self.assertAlmostEqual(float(cosmology.luminosity_distance(np.array(1.0))), 6790, delta=30)
        self.assertAlmostEqual(float(cosmology.luminosity_distance(np.array(0.1))), 476, delta=3)

    def test_mass_densities_integrate_to_one_and_describe_the_samples(self):
        grid = 5 + 0.04 * (np.arange(2000) + 0.5)  # no point on a limit
        mass_1, mass_2 = np.meshgrid(grid, grid, indexing="ij")
        for prior in (end_o3_ratesandpops(), nonspin_bbh()):
            density = prior.mass_density(mass_1, mass_2)
            cell = (grid[1] - grid[0]) ** 2
            self.assertAlmostEqual(density.sum() * cell, 1, delta=0.02)
            drawn = prior.sample(20000, np.random.default_rng(3))
            sampled = drawn["mass_1"] / (1 + drawn["redshift"])
            self.assertAlmostEqual(np.mean(sampled), (density * mass_1).sum() * cell, delta=0.4)

    def test_sources_are_uniform_in_volume(self):
        drawn = end_o3_ratesandpops().sample(20000, np.random.default_rng(4))
        half = cosmology.astrophysical_volume(1.0) / 2
        self.assertAlmostEqual(np.mean(cosmology.astrophysical_volume(drawn["redshift"]) < half), 0.5, delta=0.015)

    def test_log_normal_masses_have_the_given_means(self):
        grid = np.linspace(5, 90, 1700)
        mass_1, mass_2 = np.meshgrid(grid, grid, indexing="ij")
        density = log_normal_masses(35, 20)(mass_1, mass_2) * (grid[1] - grid[0]) ** 2
        self.assertAlmostEqual(density.sum(), 1, delta=1e-3)
        self.assertAlmostEqual((density * mass_1).sum(), 35, delta=0.05)
        self.assertAlmostEqual((density * mass_2).sum(), 20, delta=0.05)
