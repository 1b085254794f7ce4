"""`Trainer`: the loop around an updater, with its extensions."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from typing import Any, NamedTuple

from autodiff.frontends.chainer.reporter import Reporter
from autodiff.frontends.chainer.training.extension import PRIORITY_READER
from autodiff.frontends.chainer.training.trigger import get_trigger


class Entry(NamedTuple):
    """An extension and when it runs."""

    extension: Any
    priority: int
    trigger: Any
    before: bool


class Trainer:
    """Steps until `stop_trigger`; what links report in a step is in `observation`."""

    def __init__(self, updater: Any, stop_trigger: Any = None, out: str = "result") -> None:
        self.updater, self.out = updater, out
        self.stop_trigger = get_trigger(stop_trigger)
        self.observation: dict[str, Any] = {}
        self.reporter = Reporter()
        for name, optimizer in updater.get_all_optimizers().items():
            self.reporter.add_observer(name, optimizer.target)
            self.reporter.add_observers(name, optimizer.target.namedlinks(skipself=True))
        self._extensions: OrderedDict[str, Entry] = OrderedDict()
        self._start, self._before = 0.0, 0.0
        updater.connect_trainer(self)

    @property
    def elapsed_time(self) -> float:
        """Seconds of training so far."""
        return time.time() - self._start + self._before

    def extend(
        self, extension: Any, name: str | None = None, trigger: Any = None,
        priority: int | None = None, invoke_before_training: bool | None = None,
    ) -> None:  # fmt: skip
        """Register an extension; a second one of a name gets a number."""
        wanted = (
            name or getattr(extension, "name", None) or getattr(extension, "default_name", None)
        )
        wanted = wanted or getattr(extension, "__name__", type(extension).__name__)
        unique, count = wanted, 0
        while unique in self._extensions:
            count += 1
            unique = f"{wanted}_{count}"
        if priority is None:
            priority = getattr(extension, "priority", PRIORITY_READER)
        before = invoke_before_training
        if before is None:
            before = getattr(extension, "invoke_before_training", False)
        when = trigger if trigger is not None else getattr(extension, "trigger", (1, "iteration"))
        extension.name = unique
        self._extensions[unique] = Entry(extension, priority, get_trigger(when), before)

    def get_extension(self, name: str) -> Any:
        """An extension by name."""
        return self._extensions[name].extension

    def run(self) -> None:
        """The loop."""
        os.makedirs(self.out, exist_ok=True)
        self._start = time.time()
        order = sorted(self._extensions.values(), key=lambda e: -e.priority)
        for entry in order:
            if entry.before:
                entry.extension(self)
        try:
            while not self.stop_trigger(self):
                self.observation = {}
                with self.reporter.scope(self.observation):
                    self.updater.update()
                    for entry in order:
                        if entry.trigger(self):
                            entry.extension(self)
        finally:
            for entry in order:
                end = getattr(entry.extension, "finalize", None)
                if end is not None:
                    end()
            self.updater.finalize()

    def serialize(self, serializer: Any) -> None:
        """Save or load all that training goes on from."""
        self.updater.serialize(serializer["updater"])
        for name, entry in self._extensions.items():
            save = getattr(entry.extension, "serialize", None)
            if save is not None:
                save(serializer["extensions"][name])
        self._before = serializer("_snapshot_elapsed_time", self.elapsed_time)
