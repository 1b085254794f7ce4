"""Layers along time: SimpleRNN, GRU and LSTM as Keras 1 writes them, over `tf.nn.dynamic_rnn`.

The inputs are (batch, steps, features); the result is the last output, or with
`return_sequences` all of them.  A `stateful` layer goes on where the last batch ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.keras.ground.choices import ACTIVATIONS, chosen, two
from autodiff.frontends.keras.ground.session import backend, floatx, in_train_phase
from autodiff.frontends.keras.layers.base import Layer, one_of


class Recurrent(Layer):
    """Base: `gates` names the parts of the weights, `step` is one step with all of them."""

    goes_along_time = True
    gates: Sequence[str] = ("",)
    states = 1

    def __init__(
        self,
        output_dim: Any = None,
        init: Any = "glorot_uniform",
        inner_init: Any = "orthogonal",
        activation: Any = "tanh",
        inner_activation: Any = "hard_sigmoid",
        return_sequences: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        consume_less: str = "cpu",
        weights: Any = None,
        W_regularizer: Any = None,
        U_regularizer: Any = None,
        b_regularizer: Any = None,
        dropout_W: float = 0.0,
        dropout_U: float = 0.0,
        forget_bias_init: Any = "one",
        **kwargs: Any,
    ) -> None:
        later = two(kwargs)
        own = {k: kwargs.pop(k) for k in ("implementation", "return_state") if k in kwargs}
        if own.get("return_state"):
            raise ValueError(f"{type(self).__name__}: return_state is not supported.{here()}")
        if not later.pop("unit_forget_bias", True):
            forget_bias_init = "zero"
        super().__init__(weights=weights, **kwargs)
        name = type(self).__name__
        self.output_dim = one_of(name, output_dim=output_dim, units=later.get("units"))
        self.inits = later.get("init", init), later.get("inner_init", inner_init)
        self.activation = chosen("the activation", activation or "linear", ACTIVATIONS)
        inner = later.get("inner_activation", inner_activation)
        self.inner = chosen("the activation", inner, ACTIVATIONS)
        self.return_sequences, self.go_backwards = return_sequences, go_backwards
        self.stateful, self.forget_bias_init = stateful, forget_bias_init
        self.penalties = (
            later.get("W_regularizer", W_regularizer),
            later.get("U_regularizer", U_regularizer),
            later.get("b_regularizer", b_regularizer),
        )
        self.dropped = later.get("dropout_W", dropout_W), later.get("dropout_U", dropout_U)
        self.kept: list[Any] = []

    def build(self, shape: list[int | None]) -> None:
        """For each gate W (features, units), U (units, units) and b; and the kept states."""
        if len(shape) != 3:
            raise ValueError(
                f"{type(self).__name__} takes (steps, features), and got {shape[1:]} for each "
                f"example: write input_shape=(steps, features).{here()}"
            )
        size = self.output_dim
        self.W, self.U, self.b = [], [], []
        for gate in self.gates:
            end = f"_{gate}" if gate else ""
            start = self.forget_bias_init if gate == "f" else "zero"
            penalty = self.penalties
            self.W.append(self.add_weight(f"W{end}", [shape[-1], size], self.inits[0], penalty[0]))
            self.U.append(self.add_weight(f"U{end}", [size, size], self.inits[1], penalty[1]))
            self.b.append(self.add_weight(f"b{end}", [size], start, penalty[2]))
        if self.stateful:
            if shape[0] is None:
                raise ValueError(
                    f"a stateful {type(self).__name__} needs to know the size of the batch: write "
                    f"batch_input_shape=(batch, steps, features).{here()}"
                )
            zero = np.zeros((shape[0], size), floatx())
            self.kept = [
                tf.Variable(zero, trainable=False, name=f"state_{i}") for i in range(self.states)
            ]

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """That of the steps, where all of them are the result."""
        return mask if self.return_sequences else None

    def call(self, x: Any, mask: Any = None) -> Any:
        """The last output, or all; at a step that a mask leaves out the state stays as it was."""
        cell = _Cell(self, self._masks(x), mask is not None)
        if mask is not None:
            x = tf.concat(2, [x, tf.expand_dims(tf.cast(mask, x.dtype), -1)])
        if self.go_backwards:
            x = tf.reverse(x, [1])
        begin = tuple(self.kept) if self.stateful else None
        if begin is not None and self.states == 1:
            begin = begin[0]
        outputs, state = tf.nn.dynamic_rnn(cell, x, initial_state=begin, dtype=x.dtype)
        last = state if isinstance(state, tuple) else (state,)
        if self.stateful:
            for kept, new in zip(self.kept, last, strict=True):
                self.state_updates.append(kept.assign(new))
        if self.return_sequences:
            outputs.set_shape([*x.dims[:2], self.output_dim])
            return outputs
        return tf.identity(last[0])

    def _masks(self, x: Any) -> tuple[Any, Any]:
        """What is dropped of inputs and states: the same at every step, other for each gate."""

        def masks(rate: float, width: Any) -> list[Any] | None:
            if not rate:
                return None
            ones = tf.ones([tf.shape(x)[0], width], x.dtype)
            drawn = [tf.nn.dropout(ones, 1 - rate) for _ in self.gates]
            return [in_train_phase(x.graph, one, ones) for one in drawn]

        return masks(self.dropped[0], x.dims[-1]), masks(self.dropped[1], self.output_dim)

    def step(self, own: list[Any], of: list[Any], states: tuple[Any, ...]) -> tuple[Any, ...]:
        """The new states, the output first, from each gate's W x + b and a way to U h."""
        raise NotImplementedError

    def reset_states(self) -> None:
        """Begin anew with states of zeros."""
        if not self.stateful:
            raise AttributeError(f"{self.name} is not stateful.{here()}")
        session = backend(self.output.graph)
        session.run([])
        for kept in self.kept:
            kept.load(np.zeros(kept.shape, floatx()), session.session)


class _Cell(tf.nn.rnn_cell.RNNCell):
    """A layer's step as a cell; with `counts` the last feature tells which rows take the step."""

    def __init__(self, layer: Recurrent, masks: tuple[Any, Any], counts: bool) -> None:
        self.layer, self.masks, self.counts = layer, masks, counts
        size = layer.output_dim
        self.output_size = size
        self.state_size = size if layer.states == 1 else (size,) * layer.states

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        layer, (before, between) = self.layer, self.masks
        states = state if isinstance(state, tuple) else (state,)
        inputs, going = (inputs[:, :-1], inputs[:, -1] > 0) if self.counts else (inputs, None)

        def masked(x: Any, masks: Any, place: int) -> Any:
            return x if masks is None else x * masks[place]

        if before is None and len(layer.gates) > 1:
            wide = tf.matmul(inputs, tf.concat(1, layer.W)) + tf.concat(0, layer.b)
            own = tf.split(1, len(layer.gates), wide)
        else:
            own = [
                tf.matmul(masked(inputs, before, i), w) + b
                for i, (w, b) in enumerate(zip(layer.W, layer.b, strict=True))
            ]

        def of(place: int, h: Any) -> Any:
            return tf.matmul(masked(h, between, place), layer.U[place])

        new = layer.step(own, of, states)
        if going is not None:
            new = tuple(tf.select(going, n, o) for n, o in zip(new, states, strict=True))
        return new[0], new[0] if layer.states == 1 else new


class SimpleRNN(Recurrent):
    """h' = activation(x W + b + h U)."""

    def step(self, own: list[Any], of: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
        """One step."""
        return (self.activation(own[0] + of(0, states[0])),)


class GRU(Recurrent):
    """z, r = inner(x W + b + h U); h' = z h + (1 - z) activation(x W + b + (r h) U)."""

    gates = ("z", "r", "h")

    def step(self, own: list[Any], of: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
        """One step."""
        (h,) = states
        z, r = (self.inner(own[i] + of(i, h)) for i in (0, 1))
        new = self.activation(own[2] + of(2, r * h))
        return (z * h + (1 - z) * new,)


class LSTM(Recurrent):
    """i, f, o = inner(x W + b + h U); c' = f c + i activation(...); h' = o activation(c')."""

    gates = ("i", "c", "f", "o")
    states = 2

    def step(self, own: list[Any], of: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
        """One step."""
        h, c = states
        i, f, o = (self.inner(own[k] + of(k, h)) for k in (0, 2, 3))
        c = f * c + i * self.activation(own[1] + of(1, h))
        return o * self.activation(c), c
