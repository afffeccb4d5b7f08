"""HDF5 files of events, injections and waveforms with upstream's layout.

Groups `parameters` and `waveforms` hold one dataset per field, the first axis being the entry; the file's attributes
hold `length` and the metadata.
"""

import os
from dataclasses import dataclass, field

import numpy as np

from aframe.files import atomic_hdf5, open_hdf5

# metadata that adds up when files are merged; all other metadata must agree
ADDITIVE = ("Tb", "num_injections")


@dataclass
class Ledger:
    parameters: dict[str, np.ndarray] = field(default_factory=dict)
    waveforms: dict[str, np.ndarray] = field(default_factory=dict)
    metadata: dict[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter({**self.parameters, **self.waveforms}.values()), ()))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.parameters[name]

    def select(self, index: np.ndarray) -> "Ledger":
        """The entries of a mask or an index array, in its order."""
        return Ledger(
            {name: values[index] for name, values in self.parameters.items()},
            {name: values[index] for name, values in self.waveforms.items()},
            dict(self.metadata),
        )

    def write(self, path: str | os.PathLike) -> None:
        with atomic_hdf5(path) as file:
            file.attrs["length"] = len(self)
            for name, value in self.metadata.items():
                if value is not None:
                    file.attrs[name] = value
            for name, values in self.parameters.items():
                file.create_dataset(f"parameters/{name}", data=values)
            for name, values in self.waveforms.items():
                file.create_dataset(f"waveforms/{name}", data=values.astype(np.float32))

    @classmethod
    def read(cls, path: str | os.PathLike) -> "Ledger":
        with open_hdf5(path) as file:
            return cls(
                {name: values[:] for name, values in file.get("parameters", {}).items()},
                {name: values[:] for name, values in file.get("waveforms", {}).items()},
                {name: value for name, value in file.attrs.items() if name != "length"},
            )

    @classmethod
    def merge(cls, parts: list["Ledger"]) -> "Ledger":
        """All entries, in the order of the parts."""
        merged = cls()
        filled = [part for part in parts if len(part)] or parts[:1]
        for kind in ("parameters", "waveforms"):
            names = getattr(filled[0], kind) if filled else {}
            setattr(merged, kind, {name: np.concatenate([getattr(p, kind)[name] for p in filled]) for name in names})
        for part in parts:
            for name, value in part.metadata.items():
                if name in ADDITIVE:
                    merged.metadata[name] = merged.metadata.get(name, 0) + value
                elif name not in merged.metadata:
                    merged.metadata[name] = value
                elif not np.array_equal(merged.metadata[name], value):
                    raise ValueError(f"cannot merge files whose {name} differs: {merged.metadata[name]} and {value}")
        return merged
