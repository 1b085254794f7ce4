"""The phase of a net, and which layers of a file belong to it."""

from __future__ import annotations

from typing import Any

TRAIN, TEST = 0, 1


def belongs(layer: Any, phase: int, stages: Any = (), level: int = 0) -> bool:
    """Whether a layer is in the net of a phase: one `include` meets it, or no `exclude` does."""
    if layer.include:
        return any(_meets(rule, phase, stages, level) for rule in layer.include)
    return not any(_meets(rule, phase, stages, level) for rule in layer.exclude)


def _meets(rule: Any, phase: int, stages: Any, level: int) -> bool:
    if rule.HasField("phase") and rule.phase != phase:
        return False
    if rule.HasField("min_level") and level < rule.min_level:
        return False
    if rule.HasField("max_level") and level > rule.max_level:
        return False
    return all(s in stages for s in rule.stage) and not any(s in stages for s in rule.not_stage)
