"""Solvers: a file says which net, which rate, and how often to test and to save.

step: clear diffs; forward and backward `iter_size` times; clip; decay; move; W -= diff
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.caffe.blob import generator
from autodiff.frontends.caffe.net import TEST, TRAIN, Net, parsed
from autodiff.frontends.caffe.proto import caffe_pb2
from autodiff.frontends.common.options import among


def rate_at(param: Any, iteration: int) -> float:
    """The learning rate of an iteration by `lr_policy`."""
    base, gamma, power = param.base_lr, param.gamma, param.power
    policies = {
        "fixed": lambda: base,
        "step": lambda: base * gamma ** (iteration // param.stepsize),
        "exp": lambda: base * gamma**iteration,
        "inv": lambda: base * (1 + gamma * iteration) ** -power,
        "multistep": lambda: base * gamma ** sum(iteration >= v for v in param.stepvalue),
        "poly": lambda: base * (1 - iteration / param.max_iter) ** power,
        "sigmoid": lambda: base / (1 + math.exp(-gamma * (iteration - param.stepsize))),
    }
    if param.lr_policy not in policies:
        raise ValueError(f"Unknown learning rate policy: {param.lr_policy!r}.{here()}")
    return policies[param.lr_policy]()


class SGDSolver:
    """V = momentum V + rate g; W -= V: the rate stands inside the velocity."""

    slots = 1

    def __init__(self, filename: Any) -> None:
        message = not isinstance(filename, str | Path)
        self.param = filename if message else parsed(filename, caffe_pb2.SolverParameter())
        own = self.param
        if own.random_seed >= 0:
            generator[0] = np.random.default_rng(own.random_seed)
        train = own.train_net or own.net
        network = own.train_net_param if own.HasField("train_net_param") else own.net_param
        state = own.train_state
        self.net = Net(train or network, TRAIN, stages=state.stage, level=state.level)
        self.test_nets = []
        files = [*own.test_net_param, *own.test_net]
        files += [own.net or own.net_param] * (len(own.test_iter) - len(files))
        among("regularization_type", own.regularization_type, "L2", "L1")
        for place, file in enumerate(files):
            state = own.test_state[place] if place < len(own.test_state) else caffe_pb2.NetState()
            net = Net(file, TEST, stages=state.stage, level=state.level)
            net.share_with(self.net)
            self.test_nets.append(net)
        self.iter = 0
        self.history = {k: [np.zeros_like(b.data) for _ in range(self.slots)]
                        for k, (b, _) in self.net.specs.items()}  # fmt: skip
        self.losses: list[float] = []

    def step(self, n: int) -> None:
        """n iterations."""
        own = self.param
        for _ in range(int(n)):
            self.net.clear_param_diffs()
            due = own.test_interval and self.iter % own.test_interval == 0
            if due and (self.iter or own.test_initialization):
                self.test_all()
            loss = 0.0
            for _ in range(own.iter_size):
                self.net.forward()
                loss += self.net.loss / own.iter_size
                self.net.backward()
            self.losses.append(loss)
            if own.display and self.iter % own.display == 0:
                mean = np.mean(self.losses[-own.average_loss :])
                print(f"Iteration {self.iter}, loss = {mean:.6g}")
            self.apply_update()
            self.iter += 1
            if own.snapshot and self.iter % own.snapshot == 0:
                self.snapshot()

    def solve(self, resume_file: Any = None) -> None:
        """All iterations that are left of `max_iter`."""
        if resume_file:
            self.restore(resume_file)
        own = self.param
        self.step(own.max_iter - self.iter)
        saved = own.snapshot and self.iter % own.snapshot == 0
        if own.snapshot_after_train and own.snapshot_prefix and not saved:
            self.snapshot()
        if self.param.test_interval and self.iter % self.param.test_interval == 0:
            self.test_all()

    def test_all(self) -> None:
        """The mean outputs of each test net over its iterations."""
        for place, net in enumerate(self.test_nets):
            totals: dict[str, float] = {}
            count = self.param.test_iter[place]
            for _ in range(count):
                for name, value in net.forward().items():
                    if np.size(value) == 1:
                        totals[name] = totals.get(name, 0.0) + float(value)
                if self.param.test_compute_loss:
                    totals["Test loss"] = totals.get("Test loss", 0.0) + net.loss
            for name, value in totals.items():
                print(f"Iteration {self.iter}, test net #{place}: {name} = {value / count:.6g}")

    def apply_update(self) -> None:
        """Move every parameter by its diff."""
        own, rate = self.param, rate_at(self.param, self.iter)
        items = list(self.net.specs.items())
        if own.clip_gradients >= 0:
            norm = math.sqrt(sum(float(np.sum(b.diff**2)) for _, (b, _) in items))
            if norm > own.clip_gradients:
                for _, (blob, _) in items:
                    blob.diff[...] *= own.clip_gradients / norm
        for key, (blob, spec) in items:
            if own.iter_size > 1:
                blob.diff[...] /= own.iter_size
            decay = own.weight_decay * spec.decay_mult
            if decay:
                l1 = own.regularization_type == "L1"
                blob.diff[...] += decay * (np.sign(blob.data) if l1 else blob.data)
            if spec.lr_mult:
                blob.diff[...] = self.moved(blob.diff, rate * spec.lr_mult, self.history[key])
                blob.data[...] -= blob.diff

    def moved(self, g: Any, rate: float, slots: list[Any]) -> Any:
        """What is taken off a parameter; the slots are written."""
        slots[0][...] = self.param.momentum * slots[0] + rate * g
        return slots[0]

    def snapshot(self) -> None:
        """Write parameters and state: PREFIX_iter_N.caffemodel and .solverstate."""
        name = f"{self.param.snapshot_prefix}_iter_{self.iter}"
        self.net.save(name + ".caffemodel")
        values = {
            f"{i}:{j}": s for i, h in enumerate(self.history.values()) for j, s in enumerate(h)
        }
        with open(name + ".solverstate", "wb") as file:
            np.savez(file, iter=self.iter, **values)

    def restore(self, filename: str) -> None:
        """Go on from a .solverstate, with the parameters beside it."""
        self.net.copy_from(filename.replace(".solverstate", ".caffemodel"))
        with np.load(filename) as file:
            self.iter = int(file["iter"])
            for i, slots in enumerate(self.history.values()):
                for j, slot in enumerate(slots):
                    slot[...] = file[f"{i}:{j}"]


class NesterovSolver(SGDSolver):
    """V' = momentum V + rate g; W -= (1 + momentum) V' - momentum V."""

    def moved(self, g: Any, rate: float, slots: list[Any]) -> Any:
        """Where the velocity will be."""
        mu, old = self.param.momentum, slots[0].copy()
        slots[0][...] = mu * old + rate * g
        return (1 + mu) * slots[0] - mu * old


class AdaGradSolver(SGDSolver):
    """h += g^2; W -= rate g / (sqrt(h) + delta)."""

    def moved(self, g: Any, rate: float, slots: list[Any]) -> Any:
        """Smaller the more it has moved."""
        slots[0][...] += g * g
        return rate * g / (np.sqrt(slots[0]) + self.param.delta)


class RMSPropSolver(SGDSolver):
    """h = decay h + (1 - decay) g^2; W -= rate g / (sqrt(h) + delta)."""

    def moved(self, g: Any, rate: float, slots: list[Any]) -> Any:
        """In units of the running size."""
        decay = self.param.rms_decay
        slots[0][...] = decay * slots[0] + (1 - decay) * g * g
        return rate * g / (np.sqrt(slots[0]) + self.param.delta)


class AdaDeltaSolver(SGDSolver):
    """Adadelta; the momentum is its rho."""

    slots = 2

    def moved(self, g: Any, rate: float, slots: list[Any]) -> Any:
        """In units of the parameter."""
        rho, delta = self.param.momentum, self.param.delta
        slots[0][...] = rho * slots[0] + (1 - rho) * g * g
        step = g * np.sqrt((slots[1] + delta) / (slots[0] + delta))
        slots[1][...] = rho * slots[1] + (1 - rho) * step * step
        return rate * step


class AdamSolver(SGDSolver):
    """Adam; beta1 is the momentum, delta stands beside the root of v itself."""

    slots = 2

    def moved(self, g: Any, rate: float, slots: list[Any]) -> Any:
        """The mean gradient in units of its size."""
        one, two, t = self.param.momentum, self.param.momentum2, self.iter + 1
        slots[0][...] = one * slots[0] + (1 - one) * g
        slots[1][...] = two * slots[1] + (1 - two) * g * g
        scale = math.sqrt(1 - two**t) / (1 - one**t)
        return rate * scale * slots[0] / (np.sqrt(slots[1]) + self.param.delta)


TYPES = {"SGD": SGDSolver, "Nesterov": NesterovSolver, "AdaGrad": AdaGradSolver,
         "RMSProp": RMSPropSolver, "AdaDelta": AdaDeltaSolver, "Adam": AdamSolver}  # fmt: skip


def get_solver(filename: Any) -> SGDSolver:
    """The solver of the type that a file names."""
    message = not isinstance(filename, str | Path)
    param = filename if message else parsed(filename, caffe_pb2.SolverParameter())
    return TYPES[param.type](param)
