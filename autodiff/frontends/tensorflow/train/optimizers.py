"""The optimizers of `tf.train` by name, each with TensorFlow's arguments for its rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from autodiff import optim
from autodiff.frontends.common.options import taking
from autodiff.frontends.tensorflow.train.optimizer import Optimizer


class GradientDescentOptimizer(Optimizer):
    """p <- p - rate g."""

    def __init__(
        self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent"
    ) -> None:
        super().__init__(optim.GradientDescent(), learning_rate, name)


class MomentumOptimizer(Optimizer):
    """m <- momentum m + g;  p <- p - rate m; see `optim.Momentum`."""

    def __init__(
        self,
        learning_rate: Any,
        momentum: float,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        rule = optim.Momentum(momentum=momentum, nesterov=use_nesterov)
        super().__init__(rule, learning_rate, name)


class AdagradOptimizer(Optimizer):
    """The more a parameter has moved, the smaller its steps; see `optim.Adagrad`."""

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        rule = optim.Adagrad(initial=initial_accumulator_value, epsilon=0.0)
        super().__init__(rule, learning_rate, name)


class AdadeltaOptimizer(Optimizer):
    """Steps in the units of the parameter; see `optim.Adadelta`."""

    slot_names: ClassVar[Mapping[str, str]] = {
        "accumulator": "accum",
        "accumulator_of_updates": "accum_update",
    }

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(optim.Adadelta(rho=rho, epsilon=epsilon), learning_rate, name)


class RMSPropOptimizer(Optimizer):
    """Steps of one size, whatever the scale of the gradient; see `optim.RMSProp`."""

    def __init__(
        self,
        learning_rate: Any,
        decay: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        if isinstance(centered, str):  # before 1.0 the name stood here
            centered, name = False, centered
        rule = optim.RMSProp(
            decay=decay,
            momentum=momentum,
            epsilon=epsilon,
            initial=1.0,
            inside=True,
            centered=centered,
        )
        super().__init__(rule, learning_rate, name)


class AdamOptimizer(Optimizer):
    """A step along the mean gradient in units of its size; see `optim.Adam`."""

    counts_steps = True
    by_rows = False

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        rule = optim.Adam(beta1=beta1, beta2=beta2, epsilon=epsilon, hat=True)
        super().__init__(rule, learning_rate, name)


class FtrlOptimizer(Optimizer):
    """The minimum of a model of all steps so far, with weights exactly 0; see `optim.Ftrl`."""

    slot_names: ClassVar[Mapping[str, str]] = {"accumulator": "accum"}

    @taking("accum_name linear_name")
    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
    ) -> None:
        rule = optim.Ftrl(
            power=learning_rate_power,
            initial=initial_accumulator_value,
            l1=l1_regularization_strength,
            l2=l2_regularization_strength,
        )
        super().__init__(rule, learning_rate, name)


class ProximalGradientDescentOptimizer(Optimizer):
    """Downhill, then towards 0 by the penalties; see `optim.ProximalGradientDescent`."""

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        rule = optim.ProximalGradientDescent(
            l1=l1_regularization_strength, l2=l2_regularization_strength
        )
        super().__init__(rule, learning_rate, name)


class ProximalAdagradOptimizer(Optimizer):
    """The same with a rate for each weight; see `optim.ProximalAdagrad`."""

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ) -> None:
        rule = optim.ProximalAdagrad(
            initial=initial_accumulator_value,
            l1=l1_regularization_strength,
            l2=l2_regularization_strength,
        )
        super().__init__(rule, learning_rate, name)
