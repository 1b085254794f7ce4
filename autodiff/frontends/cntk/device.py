"""Devices: there is one, whatever is asked for."""

from __future__ import annotations

from typing import Any


class DeviceDescriptor:
    """A device by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Device({self.name})"


def cpu() -> DeviceDescriptor:
    """The CPU."""
    return DeviceDescriptor("CPU")


def gpu(number: int = 0) -> DeviceDescriptor:
    """Accepted; the CPU computes."""
    return DeviceDescriptor(f"GPU[{number}]")


def best() -> DeviceDescriptor:
    """The CPU."""
    return cpu()


def set_default_device(device: Any) -> None:
    """Accepted; there is one device."""


try_set_default_device = set_default_device
