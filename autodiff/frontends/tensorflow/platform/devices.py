"""`tensorflow.python.client.device_lib`: which devices there are, namely one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceAttributes:
    """A device as TensorFlow lists it."""

    name: str = "/cpu:0"
    device_type: str = "CPU"
    memory_limit: int = 0
    physical_device_desc: str = ""


def list_local_devices(session_config: object = None) -> list[DeviceAttributes]:
    """The one device.

    >>> [device.name for device in list_local_devices()]
    ['/cpu:0']
    """
    return [DeviceAttributes()]
