"""`tf.logging`: what a program reports of itself, by Python's own logging."""

from __future__ import annotations

import logging
from typing import Any

DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50

_logger = logging.getLogger("tensorflow")
if not _logger.handlers:
    _handler = logging.StreamHandler()
    _handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
    _logger.addHandler(_handler)
    _logger.propagate = False
    _logger.setLevel(WARN)

debug, info, warn, warning = _logger.debug, _logger.info, _logger.warning, _logger.warning
error, fatal, log, flush = _logger.error, _logger.critical, _logger.log, lambda: None


def set_verbosity(verbosity: int) -> None:
    """Show what is at least as grave; by default WARN."""
    _logger.setLevel(verbosity)


def get_verbosity() -> int:
    """The level from which on messages are shown."""
    return _logger.getEffectiveLevel()


_counts: dict[str, int] = {}


def log_every_n(level: int, msg: str, n: int, *args: Any) -> None:
    """Every n-th of the messages with this text."""
    count = _counts[msg] = _counts.get(msg, -1) + 1
    if count % n == 0:
        _logger.log(level, msg, *args)


def log_first_n(level: int, msg: str, n: int, *args: Any) -> None:
    """The first n of the messages with this text."""
    count = _counts[msg] = _counts.get(msg, -1) + 1
    if count < n:
        _logger.log(level, msg, *args)
