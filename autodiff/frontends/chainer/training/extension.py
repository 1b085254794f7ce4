"""Extensions: functions of the trainer, called by priority when their trigger says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PRIORITY_WRITER, PRIORITY_EDITOR, PRIORITY_READER = 300, 200, 100


class Extension:
    """Base of extensions."""

    trigger: Any = (1, "iteration")
    priority = PRIORITY_READER
    invoke_before_training = False

    @property
    def default_name(self) -> str:
        """The name it is registered by."""
        return type(self).__name__

    def __call__(self, trainer: Any) -> Any:
        """What a subclass does."""
        raise NotImplementedError

    def finalize(self) -> None:
        """Called when training ends."""

    def serialize(self, serializer: Any) -> None:
        """Nothing to save."""


def make_extension(
    trigger: Any = (1, "iteration"), default_name: str | None = None,
    priority: int = PRIORITY_READER, invoke_before_training: bool = False,
    finalizer: Any = None,
) -> Callable[[Any], Any]:  # fmt: skip
    """A function as an extension."""

    def decorate(function: Any) -> Any:
        function.trigger, function.priority = trigger, priority
        function.default_name = default_name or function.__name__
        function.invoke_before_training = invoke_before_training
        function.finalize = finalizer
        return function

    return decorate
