"""What a model function is told, and gives: `ModeKeys`, `RunConfig`, `EstimatorSpec`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autodiff.core.ground.locations import here
from autodiff.frontends.tensorflow.graph.inputs import convert_to_tensor
from autodiff.frontends.tensorflow.graph.operation import Operation


class ModeKeys:
    """What a model is built for."""

    TRAIN, EVAL, PREDICT = "train", "eval", "infer"


@dataclass(frozen=True)
class RunConfig:
    """How a model is run: its folder, its seed, and how often it is saved and told of."""

    model_dir: str | None = None
    tf_random_seed: int | None = None
    save_summary_steps: int | None = 100
    save_checkpoints_steps: int | None = None
    save_checkpoints_secs: float | None = None
    session_config: Any = None
    keep_checkpoint_max: int = 5
    keep_checkpoint_every_n_hours: float = 10000
    log_step_count_steps: int | None = 100

    def __post_init__(self) -> None:
        if self.save_checkpoints_steps and self.save_checkpoints_secs:
            raise ValueError(
                f"save_checkpoints_steps or save_checkpoints_secs, one of the two.{here()}"
            )

    def replace(self, **changes: Any) -> RunConfig:
        """The same with some fields changed."""
        return replace(self, **changes)


class EstimatorSpec:
    """What a model function gives: predictions, and the loss and nodes that its mode needs.

    `eval_metric_ops` has pairs (value, update) by name, as those of `tf.metrics`.
    """

    def __init__(
        self,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Mapping[str, tuple[Any, Any]] | None = None,
        export_outputs: Any = None,
        training_chief_hooks: Sequence[Any] | None = None,
        training_hooks: Sequence[Any] | None = None,
        scaffold: Any = None,
        evaluation_hooks: Sequence[Any] | None = None,
        prediction_hooks: Sequence[Any] | None = None,
    ) -> None:
        if mode == ModeKeys.TRAIN and train_op is None:
            raise ValueError(
                f"a spec for training needs train_op: optimizer.minimize(...).{here()}"
            )
        if mode != ModeKeys.PREDICT and loss is None:
            raise ValueError(f"a spec for mode {mode!r} needs a loss.{here()}")
        if mode == ModeKeys.PREDICT and predictions is None:
            raise ValueError(f"a spec for prediction needs predictions.{here()}")
        if scaffold is not None:
            raise NotImplementedError(
                "EstimatorSpec(scaffold=) is not here: give what it would do when the session is "
                f"made as a hook, training_hooks=[...].{here()}"
            )
        self.mode, self.predictions, self.train_op = mode, predictions, train_op
        self.loss = None if loss is None else _number(loss)
        self.eval_metric_ops = dict(eval_metric_ops or {})
        for name, pair in self.eval_metric_ops.items():
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise TypeError(
                    f"eval_metric_ops[{name!r}] is {pair!r:.60}, not a pair (value, update) as "
                    f"tf.metrics gives.{here()}"
                )
        self.export_outputs = export_outputs
        self.training_hooks = [*(training_chief_hooks or ()), *(training_hooks or ())]
        self.evaluation_hooks = [*(evaluation_hooks or ())]
        self.prediction_hooks = [*(prediction_hooks or ())]


def _number(loss: Any) -> Any:
    """The loss as a tensor without axes; of shape (1,) it is taken for one."""
    if isinstance(loss, Operation):
        raise TypeError(f"the loss is an operation, not a tensor.{here()}")
    tensor = convert_to_tensor(loss)
    dims = tensor.dims
    if dims and any(d not in (1, None) for d in dims):
        raise ValueError(f"a loss is one number, not of shape {dims}.{here()}")
    if dims:
        from autodiff.frontends.tensorflow.ops.arrays import reshape

        return reshape(tensor, [])
    return tensor
