"""Axes: the dynamic ones have names, static ones are numbers from the left."""

from __future__ import annotations


class Axis:
    """A name for an axis; every input has `default_batch_axis()` and `default_dynamic_axis()`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Axis('{self.name}')"

    @staticmethod
    def default_batch_axis() -> Axis:
        """That of the samples of a minibatch."""
        return BATCH

    @staticmethod
    def default_dynamic_axis() -> Axis:
        """That of the steps of a sequence."""
        return SEQUENCE


BATCH, SEQUENCE = Axis("defaultBatchAxis"), Axis("defaultDynamicAxis")
