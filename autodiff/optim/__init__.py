"""Optimizers as pure update rules: (params, gradient, state) -> (params, state).

Parameters may be any nested container of arrays; constants in it (ints, None, ...) stay.

    optimizer = Adam(exponential_decay(0.01, 1000, 0.9))
    state = optimizer.init(params)
    for batch in batches:
        gradient = clip_by_global_norm(ad.grad(loss)(params, batch), 1.0)
        params, state = optimizer.update(params, gradient, state)

With Tensors: `stepper = Stepper(Adam(0.01), [w, b])`, then `loss.backward(); stepper.step()`.

The update is plain NumPy, so that a whole training run can be differentiated, here by its learning
rate (a hyper-gradient):

>>> import autodiff as ad
>>> def loss_after_five_steps(rate):
...     w, optimizer = 1.0, GradientDescent(rate)
...     state = optimizer.init(w)
...     for _ in range(5):
...         w, state = optimizer.update(w, ad.grad(lambda w: w**2)(w), state)
...     return w**2
>>> print(f"{ad.grad(loss_after_five_steps)(0.1):.6f}")  # d (1 - 2 rate)^10 / d rate
-2.684355
"""

from autodiff.optim.clipping import clip_by_global_norm, clip_by_norm, clip_by_value, global_norm
from autodiff.optim.moments import Adam, Adamax, Nadam
from autodiff.optim.optimizer import Optimizer, State
from autodiff.optim.proximal import ProximalAdagrad, ProximalGradientDescent
from autodiff.optim.rules import Adadelta, Adagrad, Ftrl, GradientDescent, Momentum, RMSProp
from autodiff.optim.schedules import (
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    natural_exp_decay,
    piecewise_constant,
    polynomial_decay,
)
from autodiff.optim.stepper import Stepper

__all__ = [
    "Adadelta",
    "Adagrad",
    "Adam",
    "Adamax",
    "Ftrl",
    "GradientDescent",
    "Momentum",
    "Nadam",
    "Optimizer",
    "ProximalAdagrad",
    "ProximalGradientDescent",
    "RMSProp",
    "State",
    "Stepper",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "cosine_decay",
    "exponential_decay",
    "global_norm",
    "inverse_time_decay",
    "natural_exp_decay",
    "piecewise_constant",
    "polynomial_decay",
]
