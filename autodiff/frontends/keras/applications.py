"""`keras.applications`: networks that were trained on ImageNet, which are not here."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(
        f"keras.applications.{name} is a network trained on ImageNet, whose weights (hundreds of "
        "megabytes) are not here: build the layers by a program, and load_weights of your own."
    )
