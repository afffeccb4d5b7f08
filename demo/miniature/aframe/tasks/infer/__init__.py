"""Inference over time slides of the test data."""
