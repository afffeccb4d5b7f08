"""Training as a law task."""

from aframe.tasks.train.train import Train, TrainLocal

__all__ = ["Train", "TrainLocal"]
