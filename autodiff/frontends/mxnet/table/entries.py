"""What an op of the table is: arguments, settings with defaults, shapes, code over arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.mxnet.ground.errors import MXNetError

Shapes = list[Any]


class Words(tuple[str, ...]):
    """The words that a setting may be; the first is what it is unless told."""

    def __new__(cls, *words: str) -> Words:
        """Of the words, one after the other."""
        return super().__new__(cls, words)


@dataclass
class Entry:
    """One op: see the module's docstring."""

    name: str
    run: Callable[..., Any]
    arguments: tuple[str, ...] = ("data",)
    settings: dict[str, Any] = field(default_factory=dict)
    infer: Callable[[Shapes, dict[str, Any]], Shapes] | None = None
    aux: tuple[str, ...] = ()
    is_loss: bool = False
    optional_bias: bool = False
    outputs: int = 1

    def names(self, settings: dict[str, Any]) -> tuple[str, ...]:
        """The arguments for these settings."""
        if self.optional_bias and settings.get("no_bias"):
            return self.arguments[:-1]
        return self.arguments

    def understood(self, given: dict[str, Any]) -> dict[str, Any]:
        """The settings, defaults filled in; MXNetError for unknown and missing ones."""
        for name in given:
            if name not in self.settings and name not in IGNORED:
                raise MXNetError(
                    f"Cannot find argument {name!r} of {self.name}. Possible arguments: "
                    f"{', '.join(self.settings) or 'none'}.{here()}"
                )
        found = self.settings | {k: v for k, v in given.items() if k in self.settings}
        for name, words in self.settings.items():
            if not isinstance(words, Words):
                continue
            found[name] = given.get(name, words[0])
            if found[name] not in words:
                raise MXNetError(
                    f"{self.name}: {name}={found[name]!r} is not among {', '.join(words)}.{here()}"
                )
        missing = [name for name, value in found.items() if value is REQUIRED]
        if missing:
            raise MXNetError(f"Required parameter {missing[0]} of {self.name} is missing.{here()}")
        return found


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()
IGNORED = {"workspace", "cudnn_tune", "cudnn_off", "attr", "ctx", "lr_mult", "dtype"}
OPS: dict[str, Entry] = {}


def op(name: str, *arguments: str, **options: Any) -> Callable[[Any], Any]:
    """Declare an op; what is no field of `Entry` is a setting with its default."""
    fields = {k: options.pop(k) for k in list(options) if k in ("infer", "aux", "is_loss",
              "optional_bias", "outputs")}  # fmt: skip

    def declare(run: Any) -> Any:
        OPS[name] = Entry(name, run, arguments or ("data",), options, **fields)
        return run

    return declare


def pair(value: Any) -> Any:
    """A setting of two lengths, None where it was not given."""
    return tuple(int(v) for v in np.broadcast_to(value, (2,))) if value else None
