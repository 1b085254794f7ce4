"""Programs for other systems: the same calls under other names.

There nothing changes in place, and no branch looks at a value: `y[i] = v` becomes a new array, and
a program that decided by a value is refused, since under `jax.jit` nobody could check the decision
again.  The checks of shapes and dtypes stay.  That a zero stops an infinite or NaN factor has no
counterpart there, and the numbers agree to rounding, not to the last bit.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.records.nodes import Guard, Node, value_of
from autodiff.source.text.module import Module
from autodiff.source.text.writer import Writer
from autodiff.source.words.names import line_of
from autodiff.source.words.texts import Text


class Elsewhere(Writer):
    """A writer for a system without changes in place."""

    system = ""
    in_memory = False
    special: Mapping[str, Any] = MappingProxyType({})

    @staticmethod
    def given(array: Any) -> Any:
        """What the system's function takes for a captured array."""
        return array

    def statements(self) -> None:
        """Write every call, some in the system's own way."""
        self.expressions.special.update(self.special)
        self.expressions.lists = False
        super().statements()

    def guard(self, guard: Guard) -> None:
        """Refuse decisions by values; what a rule of the engine asks about kinks is left out."""
        refuse_decision(guard, self.system)

    def ending(self, like: list[Any]) -> None:
        """The return statement; nothing looks at values."""
        self.finite.clear()
        own = list(map(value_of, self.body.outputs))
        super().ending(own)  # no Python numbers, which a traced value can't become

    def effect(self, node: Node) -> str:
        """A change in place as a new array under the old name."""
        target = node.target
        assert target is not None
        before = itertools.takewhile(lambda one: one is not node, self.body.nodes)
        views = [one for one in before if one.root is target.root and one is not target]
        seen = any(one.target is None for one in views)
        if seen or target.root is not target:
            raise UnsupportedError(
                f"this program changes an array through a view of it, which {self.system} has not."
            )
        return f"{self.texts[target].text} = {self.changed(node, self.texts[target])}"

    def changed(self, node: Node, own: Text) -> str:
        """The expression of the changed array."""
        raise NotImplementedError

    def translated(self) -> Module:
        """The module in the other system's names."""
        raise NotImplementedError


def refuse_decision(guard: Guard, system: str) -> None:
    """Raise where the user decided by a value; what a rule of the engine asks is let through."""
    if guard.engine and (guard.kind == "truth" or guard.node.call.name == "np.bincount"):
        return
    line = line_of(*guard.stack[0]) if guard.stack else ""
    place = f", `{line}`" if line else ""
    if guard.kind == "shape":
        raise UnsupportedError(
            f"this program chooses elements by a mask{place}, so that a shape depends on values, "
            f"which {system} can't compile. Write it with np.where."
        )
    raise UnsupportedError(
        f"this program decides by a value{place}, and {system} could not check again that the "
        "decision holds. Write it with np.where, or export each branch by itself."
    )
