"""Cells around cells: several above each other, dropout, projections, a table before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.tensorflow.control.flow import identity
from autodiff.frontends.tensorflow.ground import nest
from autodiff.frontends.tensorflow.nn.cells import RNNCell, linear
from autodiff.frontends.tensorflow.nn.dense import dropout
from autodiff.frontends.tensorflow.nn.lookup import embedding_lookup
from autodiff.frontends.tensorflow.ops.joining import concat, split
from autodiff.frontends.tensorflow.variables.initializers import random_uniform_initializer
from autodiff.frontends.tensorflow.variables.scopes import (
    get_variable,
    get_variable_scope,
    variable_scope,
)


class MultiRNNCell(RNNCell):
    """Cells one above the other: the output of each is the input of the next."""

    def __init__(self, cells: Sequence[RNNCell], state_is_tuple: bool = True) -> None:
        if not isinstance(cells, list | tuple) or not cells:
            raise ValueError(f"MultiRNNCell takes a list of cells, and got {cells!r:.60}.{here()}")
        self.cells, self.state_is_tuple = list(cells), state_is_tuple
        sizes = tuple(cell.state_size for cell in cells)
        self.state_size = sizes if state_is_tuple else sum(sizes)
        self.output_size = cells[-1].output_size

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step through all."""
        given = state
        if not self.state_is_tuple:
            given = split(state, [cell.state_size for cell in self.cells], 1)
        new = []
        with variable_scope(scope or "MultiRNNCell"):
            for place, (cell, own) in enumerate(zip(self.cells, given, strict=True)):
                with variable_scope(f"Cell{place}"):
                    inputs, after = cell(inputs, own)
                    new.append(after)
        return inputs, tuple(new) if self.state_is_tuple else concat(1, new)


class Wrapper(RNNCell):
    """A cell around another one, with its sizes."""

    def __init__(self, cell: RNNCell) -> None:
        self._cell = cell
        self.state_size, self.output_size = cell.state_size, cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """That of the cell inside."""
        return self._cell.zero_state(batch_size, dtype)


class DropoutWrapper(Wrapper):
    """Dropout of a cell's input and output; the state is left alone unless told otherwise."""

    def __init__(
        self,
        cell: RNNCell,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        seed: int | None = None,
        state_keep_prob: Any = 1.0,
        **more: Any,
    ) -> None:
        only("DropoutWrapper", more, "input_size", "dtype")
        super().__init__(cell)
        self._kept = (input_keep_prob, output_keep_prob, state_keep_prob)
        self._seed = seed

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step."""
        before, after, between = self._kept
        output, new = self._cell(self._dropped(inputs, before), state, scope)
        if not isinstance(between, float | int) or between < 1:
            new = nest.map_structure(lambda part: self._dropped(part, between), new)
        return self._dropped(output, after), new

    def _dropped(self, x: Any, kept: Any) -> Any:
        if isinstance(kept, float | int) and kept >= 1:
            return x
        return dropout(x, kept, seed=self._seed)


class ResidualWrapper(Wrapper):
    """The cell's output plus its input."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step."""
        output, new = self._cell(inputs, state, scope)
        return inputs + output, new


class DeviceWrapper(Wrapper):
    """The cell itself: there is one device."""

    def __init__(self, cell: RNNCell, device: str) -> None:
        super().__init__(cell)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step."""
        return self._cell(inputs, state, scope)


class InputProjectionWrapper(Wrapper):
    """A linear map before the cell."""

    def __init__(self, cell: RNNCell, num_proj: int, input_size: Any = None, **more: Any) -> None:
        only("InputProjectionWrapper", more, "reuse")
        super().__init__(cell)
        self._projected = num_proj

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step."""
        with variable_scope(scope or "InputProjectionWrapper"):
            return self._cell(linear(inputs, self._projected, True), state)


class OutputProjectionWrapper(Wrapper):
    """A linear map after the cell."""

    def __init__(self, cell: RNNCell, output_size: int, **more: Any) -> None:
        only("OutputProjectionWrapper", more, "reuse")
        super().__init__(cell)
        self.output_size = output_size

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step."""
        output, new = self._cell(inputs, state)
        with variable_scope(scope or "OutputProjectionWrapper"):
            return linear(output, self.output_size, True), new


class EmbeddingWrapper(Wrapper):
    """A table before the cell: the inputs are numbers of its rows."""

    def __init__(
        self,
        cell: RNNCell,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        **more: Any,
    ) -> None:
        only("EmbeddingWrapper", more, "reuse")
        super().__init__(cell)
        self._shape, self._initializer = [embedding_classes, embedding_size], initializer

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step."""
        with variable_scope(scope or "EmbeddingWrapper"):
            start = self._initializer or get_variable_scope().initializer
            limit = 3**0.5  # a uniform distribution of variance 1
            start = start or random_uniform_initializer(-limit, limit)
            table = get_variable("embedding", self._shape, initializer=start)
            return self._cell(embedding_lookup(table, identity(inputs)), state)
