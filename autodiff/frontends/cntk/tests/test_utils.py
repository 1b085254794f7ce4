"""`set_device_from_pytest_env`, which begins the tutorials of 2.1 and later."""

from __future__ import annotations


def set_device_from_pytest_env() -> None:
    """Accepted: there is one device."""
