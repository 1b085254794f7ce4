"""Devices: one, the CPU, which `with mx.Context(mx.cpu()):` makes the usual one."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.mxnet.ground.errors import MXNetError


@dataclass(frozen=True)
class Context:
    """A device by type and number."""

    device_type: Any = "cpu"
    device_id: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.device_type, Context):
            other = self.device_type
            object.__setattr__(self, "device_type", other.device_type)
            object.__setattr__(self, "device_id", other.device_id)
        if self.device_type != "cpu":
            raise MXNetError(f"there is no {self.device_type} here: write mx.cpu().{here()}")

    def __repr__(self) -> str:
        return f"{self.device_type}({self.device_id})"

    def __enter__(self) -> Context:
        _open.set((*_open.get(), self))
        return self

    def __exit__(self, *raised: Any) -> None:
        _open.set(_open.get()[:-1])


_open: ContextVar[tuple[Context, ...]] = ContextVar("open", default=())
"""The devices of the blocks that are open, the innermost last."""


def cpu(device_id: int = 0) -> Context:
    """The CPU."""
    return Context("cpu", device_id)


def gpu(device_id: int = 0) -> Context:
    """Refused: there is no GPU."""
    raise MXNetError(f"there is no GPU here: write mx.cpu().{here()}")


def current_context() -> Context:
    """The device of the block around, or the CPU."""
    return (cpu(), *_open.get())[-1]
