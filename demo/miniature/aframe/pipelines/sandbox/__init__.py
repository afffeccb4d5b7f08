"""The offline pipeline from strain to sensitive volume."""

from aframe.pipelines.sandbox.sandbox import Sandbox, SandboxInfer, SandboxSV

__all__ = ["Sandbox", "SandboxInfer", "SandboxSV"]
