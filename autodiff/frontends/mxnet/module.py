"""`Module`: a symbol with its training loop: bind, init_params, init_optimizer, fit."""

from __future__ import annotations

import logging
from typing import Any

import autodiff.frontends.mxnet.optimizer as optimizer
from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.init import Uniform
from autodiff.frontends.mxnet.training.fitting import BatchEndParam as BatchEndParam
from autodiff.frontends.mxnet.training.fitting import Rounds


class Module(Rounds):
    """The stages in order; one too early is an AssertionError that names what is missing."""

    def __init__(
        self, symbol: Any, data_names: Any = ("data",), label_names: Any = ("softmax_label",),
        logger: Any = logging, context: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        only("Module", options, "work_load_list", "compression_params", "group2ctxs")
        self.symbol, self.logger = symbol, logger
        self.data_names = list(data_names)
        arguments = symbol.list_arguments()
        self.label_names = [n for n in label_names or () if n in arguments]
        inputs = {*self.data_names, *self.label_names}
        self.param_names = [n for n in arguments if n not in inputs]
        self.binded = self.params_initialized = self.optimizer_initialized = False
        self.exec: Any = None
        self._given: Any = None
        self._states: str | None = None

    def bind(
        self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True,
        inputs_need_grad: bool = False, force_rebind: bool = False, shared_module: Any = None,
        grad_req: str = "write",
    ) -> None:  # fmt: skip
        """Make the executor for shapes of data and labels."""
        if self.binded and not force_rebind:
            return
        shapes = dict((n, tuple(s)) for n, s, *_ in [*data_shapes, *(label_shapes or [])])
        self.data_shapes, self.label_shapes = data_shapes, label_shapes
        known = {n: s for n, s in shapes.items() if n in self.symbol.list_arguments()}
        wants = {n: grad_req for n in self.param_names}
        wants |= {n: grad_req if inputs_need_grad else "null" for n in self.data_names}
        wants |= dict.fromkeys(self.label_names, "null")
        self.for_training = for_training
        old = self.exec
        req = wants if for_training else "null"
        self.exec = self.symbol.simple_bind(None, grad_req=req, **known)
        if old is not None and self.params_initialized:
            self.exec.copy_params_from({n: old.arg_dict[n] for n in self.param_names}, old.aux_dict)
        if shared_module is not None:
            self.exec.arg_dict |= {n: shared_module.exec.arg_dict[n] for n in self.param_names}
        self.batch_size = next(iter(shapes.values()))[0]
        self.binded = True
        if self._given:
            self.init_params(arg_params=self._given[0], aux_params=self._given[1])

    def init_params(
        self, initializer: Any = None, arg_params: Any = None, aux_params: Any = None,
        allow_missing: bool = False, force_init: bool = False,
    ) -> None:  # fmt: skip
        """Fill parameters: those given by name, the others by the initializer."""
        if self.params_initialized and not force_init:
            return
        assert self.binded, "call bind before initializing the parameters"
        initializer = initializer or Uniform(0.01)
        own = {node.name: node.note["init"] for node in self.symbol.nodes if node.note.get("init")}
        pairs = [(n, self.exec.arg_dict[n], arg_params) for n in self.param_names]
        pairs += [(n, a, aux_params) for n, a in self.exec.aux_dict.items()]
        for name, array, given in pairs:
            if given and name in given:
                array.a[...] = given[name].value
            elif given and not allow_missing:
                raise RuntimeError(f"{name} is not presented.{here()}")
            elif name in own:
                own[name].weight(name, array.a)
            else:
                initializer(name, array)
        self.params_initialized = True

    def set_params(self, arg_params: Any, aux_params: Any, allow_missing: bool = False) -> None:
        """Fill parameters by name."""
        self.init_params(None, arg_params, aux_params, allow_missing, force_init=True)

    def get_params(self) -> tuple[Any, Any]:
        """Copies of parameters and auxiliary states."""
        own = {n: self.exec.arg_dict[n].copy() for n in self.param_names}
        return own, {n: a.copy() for n, a in self.exec.aux_dict.items()}

    def init_optimizer(
        self, kvstore: Any = "local", optimizer: Any = "sgd",
        optimizer_params: Any = (("learning_rate", 0.01),), force_init: bool = False,
    ) -> None:  # fmt: skip
        """Take an optimizer; one by name divides gradients by the batch's size."""
        assert self.binded, "call bind before the optimizer"
        assert self.params_initialized, "call init_params before the optimizer"
        if self.optimizer_initialized and not force_init:
            return
        names = dict(enumerate(self.param_names))
        if isinstance(optimizer, str):
            given = {"rescale_grad": 1.0 / self.batch_size, **dict(optimizer_params)}
            optimizer = optimizer_module.create(
                optimizer, param_idx2name=names, sym=self.symbol, **given
            )
        self.updater = optimizer_module.get_updater(optimizer)
        self.optimizer_initialized = True
        if self._states is not None:
            self.load_optimizer_states(self._states)

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs of a batch."""
        assert self.binded, "call bind before forward"
        assert self.params_initialized, "call init_params before forward"
        values = dict(zip(self.data_names, data_batch.data, strict=True))
        if data_batch.label:
            values |= dict(zip(self.label_names, data_batch.label, strict=False))
        training = self.for_training if is_train is None else is_train
        self.exec.forward(is_train=training, **values)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients."""
        self.exec.backward(out_grads)

    def forward_backward(self, data_batch: Any) -> None:
        """Both."""
        self.forward(data_batch, is_train=True)
        self.backward()

    def update(self) -> None:
        """Change the parameters."""
        assert self.optimizer_initialized, "call init_optimizer before update"
        for index, name in enumerate(self.param_names):
            if self.exec.grad_dict[name] is not None:
                self.updater(index, self.exec.grad_dict[name], self.exec.arg_dict[name])

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """The names and shapes of the outputs for the shapes that are bound."""
        assert self.binded, "call bind before asking for shapes"
        known = {name: array.shape for name, array in self.exec.arg_dict.items()}
        found = self.symbol.infer_shape(**known)[1]
        return list(zip(self.symbol.list_outputs(), found, strict=True))

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """The outputs of the last forward; not merged each is a list with one for each device."""
        return _merged(self.exec.outputs, merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """The gradients of the data, where they were asked for when binding."""
        return _merged([self.exec.grad_dict[n] for n in self.data_names], merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any) -> None:
        """Let a metric see the last outputs."""
        eval_metric.update(labels, self.exec.outputs)

    def install_monitor(self, mon: Any) -> None:
        """Let a monitor see the arguments and outputs."""
        mon.install(self.exec)

    def save_checkpoint(self, prefix: str, epoch: int, save_optimizer_states: bool = False) -> None:
        """Symbol and parameters into files; the optimizer's states into one of their own."""
        from autodiff.frontends.mxnet.training.checkpoints import save_checkpoint

        save_checkpoint(prefix, epoch, self.symbol, *self.get_params())
        if save_optimizer_states:
            self.save_optimizer_states(f"{prefix}-{epoch:04d}.states")

    def save_optimizer_states(self, fname: str) -> None:
        """The states of all weights into a file."""
        assert self.optimizer_initialized, "call init_optimizer before saving its states"
        self.updater.save(fname)

    def load_optimizer_states(self, fname: str) -> None:
        """The states of a file."""
        assert self.optimizer_initialized, "call init_optimizer before loading its states"
        self.updater.load(fname)

    @staticmethod
    def load(
        prefix: str, epoch: int, load_optimizer_states: bool = False, **options: Any
    ) -> Module:
        """A module from files; the optimizer's states are taken when it has its optimizer."""
        from autodiff.frontends.mxnet.training.checkpoints import load_checkpoint

        symbol, arg, aux = load_checkpoint(prefix, epoch)
        made = Module(symbol, **options)
        made._given = (arg, aux)
        made._states = f"{prefix}-{epoch:04d}.states" if load_optimizer_states else None
        return made


def _merged(arrays: list[Any], merge: bool) -> list[Any]:
    return arrays if merge else [[array] for array in arrays]


optimizer_module = optimizer
