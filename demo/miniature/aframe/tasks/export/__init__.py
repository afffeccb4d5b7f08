"""Export of a trained network to a model repository."""
