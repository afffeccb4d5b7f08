"""A Triton model repository as a target."""

from pathlib import Path

import luigi

WEIGHTS = {"TENSORRT": "model.plan", "TORCHSCRIPT": "model.pt"}


class ModelRepositoryTarget(luigi.Target):
    """Exists when the newest version of each of the four models is complete."""

    def __init__(self, path: Path, platform: str):
        if platform not in WEIGHTS:
            raise ValueError(f"platform = {platform}: allowed are {', '.join(WEIGHTS)}")
        self.path, self.platform = Path(path), platform
        self.files = {
            "aframe": WEIGHTS[platform],
            "aframe-stream": "model.empty",
            "preprocessor": "model.pt",
            "snapshotter": "model.onnx",
        }

    def versions(self) -> list[int]:
        return sorted(int(p.name) for p in (self.path / "aframe").glob("*") if p.is_dir() and p.name.isdigit())

    def file(self, model: str, version: int) -> Path:
        return self.path / model / str(version) / self.files[model]

    def exists(self) -> bool:
        versions = self.versions()
        return bool(versions) and all(
            (self.path / model / "config.pbtxt").is_file() and self.file(model, versions[-1]).is_file()
            for model in self.files
        )

    def complete(self) -> bool:
        """law's word for it."""
        return self.exists()
