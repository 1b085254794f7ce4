"""Devices: one, the CPU."""

from __future__ import annotations

from dataclasses import dataclass

from autodiff.core.ground.locations import here
from autodiff.frontends.mxnet.ground.errors import MXNetError


@dataclass(frozen=True)
class Context:
    """A device by type and number."""

    device_type: str = "cpu"
    device_id: int = 0

    def __repr__(self) -> str:
        return f"{self.device_type}({self.device_id})"


def cpu(device_id: int = 0) -> Context:
    """The CPU."""
    return Context("cpu", device_id)


def gpu(device_id: int = 0) -> Context:
    """Refused: there is no GPU."""
    raise MXNetError(f"there is no GPU here: write mx.cpu().{here()}")


def current_context() -> Context:
    """The CPU."""
    return cpu()
