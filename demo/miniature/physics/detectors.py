"""Where the detectors are, how they respond, and when they are observing."""

import numpy as np

SPEED_OF_LIGHT = 299792458.0  # m/s

# vertex in m, unit vectors along the two arms, Earth-fixed frame (LALSuite, LALDetectors.h)
GEOMETRY = {
    "H1": (
        (-2.16141492636e6, -3.83469517889e6, 4.60035022664e6),
        (-0.22389266154, 0.79983062746, 0.55690487831),
        (-0.91397818574, 0.02609403989, -0.40492342125),
    ),
    "L1": (
        (-7.42760447238e4, -5.49628371971e6, 3.22425701744e6),
        (-0.95457412153, -0.14158077340, -0.26218911324),
        (0.29774156894, -0.48791033647, -0.82054461286),
    ),
    "V1": (
        (4.54637409900e6, 8.42989697626e5, 4.37857696241e6),
        (-0.70045821479, 0.20848948619, 0.68256166277),
        (-0.05379255368, -0.96908180549, 0.24080451708),
    ),
}

CYCLE = 4096  # s, period of the made-up observing schedule
PAUSE = 40  # s without data in each cycle
PAUSE_START = {"H1": 512, "L1": 2560, "V1": 3584}  # s into the cycle


def known(ifos: list[str]) -> None:
    """Refuse a detector the miniature has no geometry for."""
    for ifo in ifos:
        if ifo not in GEOMETRY:
            raise ValueError(f"ifos: no detector {ifo}; allowed: {', '.join(GEOMETRY)}")


def observing(ifo: str, start: int, end: int) -> list[tuple[int, int]]:
    """Stretches of GPS time in which a detector has data: all but one pause per cycle."""
    stretches, begin = [], start
    for cycle in range(start // CYCLE - 1, end // CYCLE + 1):
        pause = cycle * CYCLE + PAUSE_START[ifo]
        if pause + PAUSE <= begin or pause >= end:
            continue
        if pause > begin:
            stretches.append((begin, pause))
        begin = pause + PAUSE
    if begin < end:
        stretches.append((begin, end))
    return stretches


def coincident(ifos: list[str], start: int, end: int, min_duration: float) -> list[tuple[int, int]]:
    """Stretches of at least `min_duration` in which all detectors observe."""
    common = [(start, end)]
    for ifo in ifos:
        common = [
            (max(a, c), min(b, d)) for a, b in common for c, d in observing(ifo, start, end) if max(a, c) < min(b, d)
        ]
    return [(a, b) for a, b in common if b - a >= min_duration]


def project(
    plus: np.ndarray, cross: np.ndarray, sky: dict[str, np.ndarray], ifos: list[str], sample_rate: float
) -> np.ndarray:
    """Strain in each detector of polarizations of shape (n, samples); returns (n, len(ifos), samples).

    `sky` holds `ra` (used as the Greenwich hour angle), `dec` and `psi` in rad, each of shape (n,).
    """
    known(ifos)
    phi, theta, psi = sky["ra"], np.pi / 2 - sky["dec"], sky["psi"]
    # polarization axes after Anderson et al., Phys. Rev. D 63, 042003 (2001), appendix B
    u = np.stack([np.cos(phi) * np.cos(theta), np.cos(theta) * np.sin(phi), -np.sin(theta)])
    v = np.stack([-np.sin(phi), np.cos(phi), np.zeros_like(phi)])
    m = -u * np.sin(psi) - v * np.cos(psi)
    n = -u * np.cos(psi) + v * np.sin(psi)
    propagation = -np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])

    size = plus.shape[-1]
    frequency = np.fft.rfftfreq(2 * size, 1 / sample_rate)
    spectra = np.fft.rfft(plus, 2 * size), np.fft.rfft(cross, 2 * size)
    strain = np.empty((len(plus), len(ifos), size))
    for i, ifo in enumerate(ifos):
        vertex, x, y = (np.array(vector) for vector in GEOMETRY[ifo])
        response = (np.outer(x, x) - np.outer(y, y)) / 2
        f_plus = np.einsum("in,ij,jn->n", m, response, m) - np.einsum("in,ij,jn->n", n, response, n)
        f_cross = np.einsum("in,ij,jn->n", m, response, n) + np.einsum("in,ij,jn->n", n, response, m)
        delay = vertex @ propagation / SPEED_OF_LIGHT
        spectrum = f_plus[:, None] * spectra[0] + f_cross[:, None] * spectra[1]
        spectrum *= np.exp(-2j * np.pi * frequency * delay[:, None])
        strain[:, i] = np.fft.irfft(spectrum, 2 * size)[:, :size]
    return strain
