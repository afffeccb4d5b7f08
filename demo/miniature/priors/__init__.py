"""Distributions of source parameters."""
