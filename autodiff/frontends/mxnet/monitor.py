"""`mx.mon.Monitor`: every so many batches a statistic of outputs and arguments is printed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import autodiff.frontends.mxnet.nd as nd


class Monitor:
    """`mod.fit(..., monitor=Monitor(100))`; the statistic is by default norm(x) / sqrt(size)."""

    def __init__(
        self, interval: int, stat_func: Callable[[Any], Any] | None = None, pattern: str = ".*",
        sort: bool = False,
    ) -> None:  # fmt: skip
        self.interval, self.stat_func = interval, stat_func or _spread
        self.pattern, self.sort, self.step = re.compile(pattern), sort, 0
        self.executors: list[Any] = []

    def install(self, executor: Any) -> None:
        """Watch an executor."""
        self.executors.append(executor)

    def tic(self) -> None:
        """A batch begins."""
        self.step += 1

    def toc(self) -> list[tuple[int, str, str]]:
        """The statistics of a batch that is due: (batch, name, value)."""
        if (self.step - 1) % self.interval:
            return []
        found = []
        for executor in self.executors:
            named = [*executor.arg_dict.items(), *executor.output_dict.items()]
            found += [(self.step, n, str(self.stat_func(a).asnumpy())) for n, a in named
                      if self.pattern.match(n)]  # fmt: skip
        return sorted(found, key=lambda row: row[1]) if self.sort else found

    def toc_print(self) -> None:
        """Log them."""
        for step, name, value in self.toc():
            logging.info("Batch: %7d %30s %s", step, name, value)


def _spread(x: Any) -> Any:
    return nd.call("norm", x) / x.size**0.5
