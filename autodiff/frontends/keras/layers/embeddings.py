"""Tables: a learned vector for each integer."""

from __future__ import annotations

from typing import Any

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.choices import two
from autodiff.frontends.keras.ground.session import in_train_phase
from autodiff.frontends.keras.layers.base import Layer


class Embedding(Layer):
    """A learned vector of `output_dim` numbers for each integer 0 .. input_dim - 1.

    `input_length` is the number of integers in an example, where that is fixed.  With `mask_zero`
    the zeros are padding, which recurrent layers and the loss leave out.
    """

    input_dtype = tf.int32

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        init: Any = "uniform",
        input_length: int | None = None,
        W_regularizer: Any = None,
        W_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        later = two(kwargs)
        if "batch_input_shape" not in kwargs:
            kwargs.setdefault("input_shape", (input_length,))
        super().__init__(weights=weights, **kwargs)
        self.mask_zero = mask_zero
        self.table_shape = [input_dim, output_dim]
        self.init, self.dropout = later.get("init", init), dropout
        self.penalty = later.get("W_regularizer", W_regularizer)
        self.limit = later.get("W_constraint", W_constraint)

    def build(self, shape: list[int | None]) -> None:
        """The table W."""
        self.W = self.add_weight(
            "W", self.table_shape, self.init, self.penalty, constraint=self.limit
        )

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """With `mask_zero` a 0 is no word, but the padding of a short text."""
        return tf.not_equal(x, 0) if self.mask_zero else None

    def call(self, x: Any) -> Any:
        """The rows of the table."""
        table: Any = self.W
        if self.dropout:
            keep = in_train_phase(x.graph, tf.constant(1.0 - self.dropout), tf.constant(1.0))
            table = tf.nn.dropout(table, keep, [self.table_shape[0], 1])
        return tf.gather(table, tf.to_int32(x))
