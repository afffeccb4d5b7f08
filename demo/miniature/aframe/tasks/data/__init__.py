"""Observing times, strain and waveforms."""
