"""`Module`: a symbol with its training loop: bind, init_params, init_optimizer, fit."""

from __future__ import annotations

import itertools
import logging
import time
from typing import Any, NamedTuple

import numpy as np

import autodiff.frontends.mxnet.metric as metrics
import autodiff.frontends.mxnet.nd as nd
import autodiff.frontends.mxnet.optimizer as optimizer
from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.init import Uniform


class BatchEndParam(NamedTuple):
    """What callbacks see after a batch."""

    epoch: int
    nbatch: int
    eval_metric: Any
    locals: Any = None


class Module:
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

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """The outputs of the last forward; not merged each is a list with one for each device."""
        return _merged(self.exec.outputs, merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """The gradients of the data, where they were asked for when binding."""
        return _merged([self.exec.grad_dict[n] for n in self.data_names], merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any) -> None:
        """Let a metric see the last outputs."""
        eval_metric.update(labels, self.exec.outputs)

    def fit(
        self, train_data: Any, eval_data: Any = None, eval_metric: Any = "acc",
        epoch_end_callback: Any = None, batch_end_callback: Any = None, kvstore: Any = "local",
        optimizer: Any = "sgd", optimizer_params: Any = (("learning_rate", 0.01),),
        eval_end_callback: Any = None, eval_batch_end_callback: Any = None, initializer: Any = None,
        arg_params: Any = None, aux_params: Any = None, allow_missing: bool = False,
        force_rebind: bool = False, force_init: bool = False, begin_epoch: int = 0,
        num_epoch: int | None = None, validation_metric: Any = None, monitor: Any = None,
    ) -> None:  # fmt: skip
        """All epochs, with metrics in the log."""
        assert num_epoch is not None, "please specify number of epochs"
        self.bind(
            train_data.provide_data, train_data.provide_label, True, force_rebind=force_rebind
        )
        self.init_params(initializer, arg_params, aux_params, allow_missing, force_init)
        self.init_optimizer(kvstore, optimizer, optimizer_params)
        measure = metrics.create(eval_metric)
        if monitor is not None:
            self.install_monitor(monitor)
        for epoch in range(begin_epoch, num_epoch):
            tic = time.time()
            measure.reset()
            train_data.reset()
            for nbatch, batch in enumerate(train_data):
                if monitor is not None:
                    monitor.tic()
                self.forward_backward(batch)
                self.update()
                if monitor is not None:
                    monitor.toc_print()
                self.update_metric(measure, batch.label)
                for callback in _listed(batch_end_callback):
                    callback(BatchEndParam(epoch, nbatch, measure, locals()))
            for name, value in measure.get_name_value():
                self.logger.info("Epoch[%d] Train-%s=%f", epoch, name, value)
            self.logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - tic)
            for callback in _listed(epoch_end_callback):
                callback(epoch, self.symbol, *self.get_params())
            if eval_data is not None:
                found = self.score(
                    eval_data, validation_metric or eval_metric, epoch=epoch,
                    batch_end_callback=eval_batch_end_callback,
                    score_end_callback=eval_end_callback,
                )  # fmt: skip
                for name, value in found:
                    self.logger.info("Epoch[%d] Validation-%s=%f", epoch, name, value)

    def install_monitor(self, mon: Any) -> None:
        """Let a monitor see the arguments and outputs."""
        mon.install(self.exec)

    def score(
        self, eval_data: Any, eval_metric: Any, num_batch: Any = None,
        batch_end_callback: Any = None, score_end_callback: Any = None, reset: bool = True,
        epoch: int = 0, **o: Any,
    ) -> Any:  # fmt: skip
        """The metric over other data."""
        only("Module.score", o, "sparse_row_id_fn")
        measure = metrics.create(eval_metric)
        measure.reset()
        if reset:
            eval_data.reset()
        count = 0
        for batch in itertools.islice(eval_data, num_batch):
            self.forward(batch, is_train=False)
            self.update_metric(measure, batch.label)
            for callback in _listed(batch_end_callback):
                callback(BatchEndParam(epoch, count, measure, locals()))
            count += 1
        for callback in _listed(score_end_callback):
            callback(BatchEndParam(epoch, count, measure, locals()))
        return measure.get_name_value()

    def iter_predict(self, eval_data: Any, num_batch: Any = None, reset: bool = True) -> Any:
        """The outputs batch by batch, without filled-up rows."""
        if reset:
            eval_data.reset()
        for place, batch in enumerate(eval_data):
            if num_batch is not None and place == num_batch:
                break
            self.forward(batch, is_train=False)
            yield [nd.array(o.value[: len(o) - batch.pad]) for o in self.exec.outputs], place, batch

    def predict(
        self, eval_data: Any, num_batch: Any = None, merge_batches: bool = True, reset: bool = True,
        always_output_list: bool = False,
    ) -> Any:  # fmt: skip
        """The outputs of all batches, as one array unless told."""
        found = [outs for outs, _, _ in self.iter_predict(eval_data, num_batch, reset)]
        if not merge_batches:
            return found
        merged = [
            nd.array(np.concatenate([o.value for o in outs])) for outs in zip(*found, strict=True)
        ]
        return merged[0] if len(merged) == 1 and not always_output_list else merged

    def save_checkpoint(self, prefix: str, epoch: int, save_optimizer_states: bool = False) -> None:
        """Symbol and parameters into files; the optimizer's states into one of their own."""
        from autodiff.frontends.mxnet.checkpoints import save_checkpoint

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
        from autodiff.frontends.mxnet.checkpoints import load_checkpoint

        symbol, arg, aux = load_checkpoint(prefix, epoch)
        made = Module(symbol, **options)
        made._given = (arg, aux)
        made._states = f"{prefix}-{epoch:04d}.states" if load_optimizer_states else None
        return made


def _merged(arrays: list[Any], merge: bool) -> list[Any]:
    return arrays if merge else [[array] for array in arrays]


def _listed(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]


optimizer_module = optimizer
