"""Simulated signals for training, validation and testing."""
