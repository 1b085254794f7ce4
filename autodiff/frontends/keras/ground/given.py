"""Things that know how they were made, so that a model can be written down and made again.

A layer, an optimizer, a penalty is what its name and its arguments say.  Nothing else is kept in
a file: no code, so that reading one runs nothing but what is found under those names.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here

_KERAS = f"{__name__.removesuffix('.ground.given')}."
OWN: dict[str, Any] = {}
"""What a file may name, by its name: the classes and functions of Keras."""


def own(things: Mapping[str, Any]) -> None:
    """Let files name these."""
    OWN.update(things)


def owned(cls: Any) -> None:
    """Let files name a class, where it is of this package and not of a program."""
    if cls.__module__.startswith(_KERAS):
        own({cls.__name__: cls})


class Given:
    """Base of what keeps the arguments that it was made with.

    >>> class Scale(Given):
    ...     def __init__(self, by, name="scale"):
    ...         self.by = by
    >>> Scale(3).get_config()
    {'by': 3}
    """

    not_written: tuple[str, ...] = ()
    """Arguments that are told by other means."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """An object that remembers its arguments."""
        made = super().__new__(cls)
        made.given = args, kwargs
        return made

    given: tuple[tuple[Any, ...], dict[str, Any]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        owned(cls)

    def get_config(self) -> dict[str, Any]:
        """The arguments by name, as `from_config` takes them."""
        found = arguments_of(type(self), *self.given)
        return {name: value for name, value in found.items() if name not in self.not_written}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Another one, made with the same arguments."""
        return cls(**config)


def arguments_of(make: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by name, those among `**kwargs` too."""
    signature = inspect.signature(make)
    found = dict(signature.bind(*args, **kwargs).arguments)
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            found |= found.pop(name, {})
    return found


def remembered(make: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose results know that it made them, and with which arguments.

    >>> @remembered
    ... def plus(n):
    ...     return lambda x: x + n
    >>> plus(2).made_by
    ('plus', {'n': 2})
    """

    @functools.wraps(make)
    def making(*args: Any, **kwargs: Any) -> Any:
        found = make(*args, **kwargs)
        if not hasattr(found, "made_by"):
            found.made_by = make.__name__, arguments_of(make, args, kwargs)
        return found

    own({make.__name__: making})
    return making


class CannotWrite(ValueError):
    """Something that a file without code can not tell."""


def written(value: Any) -> Any:
    """A value as JSON has it: numbers, texts and lists; functions and classes by their names."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.dtype) or value in _DTYPES:
        return np.dtype(value).name
    if isinstance(value, list | tuple):
        return [written(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): written(one) for name, one in value.items()}
    if hasattr(value, "described"):
        return {"model": value.described()}
    if isinstance(value, Given):
        return {"class_name": name_of(type(value)), "config": written(value.get_config())}
    if hasattr(value, "made_by"):
        name, arguments = value.made_by
        return {"made_by": f"keras.{name}", "config": written(arguments)}
    if callable(value) and name_of(value) != "<lambda>":
        return {"function": name_of(value)}
    raise CannotWrite(
        f"{value!r:.60} has no name by which a file could tell it: write it with `def`, and "
        f"hand it over as custom_objects={{...}} where the model is read.{here()}"
    )


def name_of(value: Any) -> str:
    """`keras.relu` of what is Keras' own, else the name that a program gave."""
    for name, one in OWN.items():
        if one is value:
            return f"keras.{name}"
    return getattr(value, "__name__", "<lambda>")


_DTYPES = (np.float16, np.float32, np.float64, np.int32, np.int64, np.uint8)


def read(value: Any, handed: Mapping[str, Any], model: Callable[[Any], Any]) -> Any:
    """What `written` gave as it was; names are looked up in `handed` and Keras' own alone."""

    def part(one: Any) -> Any:
        return read(one, handed, model)

    if isinstance(value, list):
        return [part(one) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"model"}:
        return model(value["model"])
    if set(value) == {"class_name", "config"}:
        return named(value["class_name"], handed).from_config(part(value["config"]))
    if set(value) == {"made_by", "config"}:
        return named(value["made_by"], handed)(**part(value["config"]))
    if set(value) == {"function"}:
        return named(value["function"], handed)
    return {name: part(one) for name, one in value.items()}


def named(name: str, handed: Mapping[str, Any]) -> Any:
    """The class or function of that name: of those that are handed over, or Keras' own."""
    bare = name.removeprefix("keras.")
    if bare in handed:
        return handed[bare]
    if bare == name:
        raise ValueError(
            f"the model uses {name!r}, which is none of Keras' own: hand it over, "
            f"custom_objects={{{name!r}: {name}}}.{here()}"
        )
    return OWN[bare]
