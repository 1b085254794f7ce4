"""Metrics: means over all examples since the last `reset`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only


class EvalMetric:
    """Base: `update(labels, predictions)`, `get()`."""

    def __init__(self, name: str, num: int | None = None) -> None:
        self.name, self.num = name, num
        self.reset()

    def reset(self) -> None:
        """Start anew: one sum and count, or with `num` a list of each, which `update` adds to."""
        one = self.num is None
        self.sum_metric: Any = 0.0 if one else [0.0] * (self.num or 0)
        self.num_inst: Any = 0 if one else [0] * (self.num or 0)

    def update(self, labels: Any, preds: Any) -> None:
        """Take a batch."""
        for label, pred in zip(labels, preds, strict=False):
            total, count = self.measure(label.asnumpy(), pred.asnumpy())
            self.sum_metric += float(total)
            self.num_inst += count

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """A sum and a number of examples."""
        raise NotImplementedError

    def get(self) -> tuple[Any, Any]:
        """The name and the mean."""
        if self.num is None:
            return self.name, _mean(self.sum_metric, self.num_inst)
        names = [f"{self.name}_{place}" for place in range(self.num)]
        return names, list(map(_mean, self.sum_metric, self.num_inst))

    def get_name_value(self) -> list[tuple[Any, Any]]:
        """Pairs of name and mean."""
        name, value = self.get()
        return list(zip(name, value, strict=True)) if isinstance(name, list) else [(name, value)]


def _mean(total: float, count: int) -> float:
    return total / count if count else float("nan")


class Accuracy(EvalMetric):
    """How often the largest along the axis of the classes is at the label."""

    def __init__(self, axis: int = 1) -> None:
        super().__init__("accuracy")
        self.axis = axis

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """Right ones."""
        guess = pred.argmax(self.axis) if pred.shape != label.shape else pred
        return (guess.ravel().astype(int) == label.ravel().astype(int)).sum(), label.size


class TopKAccuracy(EvalMetric):
    """How often the label is among the k largest."""

    def __init__(self, top_k: int = 1) -> None:
        super().__init__(f"top_k_accuracy_{top_k}")
        self.top_k = top_k

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """Right ones."""
        best = np.argsort(pred, 1)[:, -self.top_k :]
        return (best == label.astype(int)[:, None]).sum(), label.size


class CrossEntropy(EvalMetric):
    """-log(p + eps) of the probability p at the label."""

    def __init__(self, eps: float = 1e-8) -> None:
        super().__init__("cross-entropy")
        self.eps = eps

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """The sum."""
        whole = label.ravel().astype(int)
        return -np.log(pred[np.arange(len(whole)), whole] + self.eps).sum(), len(whole)


def _column(label: Any) -> Any:
    """Labels of one axis as a column, against which predictions of any width are measured."""
    return label.reshape(-1, 1) if label.ndim == 1 else label


class MSE(EvalMetric):
    """Mean squares, a batch counting once."""

    def __init__(self) -> None:
        super().__init__("mse")

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """The mean of a batch."""
        return ((_column(label) - pred) ** 2).mean(), 1


class RMSE(MSE):
    """The root of the mean square of each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "rmse"

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """The root of a batch."""
        return np.sqrt(super().measure(label, pred)[0]), 1


class MAE(MSE):
    """Mean distances."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "mae"

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """The mean of a batch."""
        return np.abs(_column(label) - pred).mean(), 1


class CustomMetric(EvalMetric):
    """A function of label and prediction."""

    def __init__(self, feval: Any, name: str | None = None, **options: Any) -> None:
        only("CustomMetric", options, "allow_extra_outputs")
        super().__init__(name or feval.__name__)
        self.feval = feval

    def measure(self, label: Any, pred: Any) -> tuple[Any, int]:
        """What the function gives, a batch counting once."""
        found = self.feval(label, pred)
        return found if isinstance(found, tuple) else (found, 1)


class CompositeEvalMetric(EvalMetric):
    """Several at once."""

    def __init__(self, metrics: Any = (), **options: Any) -> None:
        self.metrics = [create(m) for m in metrics]
        only("CompositeEvalMetric", options, "name")
        super().__init__(options.get("name") or "composite")

    def reset(self) -> None:
        """Start anew."""
        for metric in self.metrics:
            metric.reset()

    def update(self, labels: Any, preds: Any) -> None:
        """Take a batch."""
        for metric in self.metrics:
            metric.update(labels, preds)

    def get(self) -> tuple[Any, Any]:
        """Lists of names and means."""
        found = [m.get() for m in self.metrics]
        return [n for n, _ in found], [v for _, v in found]


NAMES = {"acc": Accuracy, "accuracy": Accuracy, "ce": CrossEntropy, "mse": MSE, "rmse": RMSE,
         "mae": MAE, "top_k_accuracy": TopKAccuracy}  # fmt: skip


def create(metric: Any, **options: Any) -> EvalMetric:
    """A metric by name, of a function, or several of a list."""
    if isinstance(metric, EvalMetric):
        return metric
    if callable(metric):
        return CustomMetric(metric)
    if isinstance(metric, list):
        return CompositeEvalMetric(metric)
    if metric not in NAMES:
        raise ValueError(f"Metric must be one of {', '.join(NAMES)}, not {metric!r}.{here()}")
    return NAMES[metric](**options)


def np_metric(numpy_feval: Any, name: str | None = None, **options: Any) -> CustomMetric:
    """A function of arrays as a metric."""
    only("np", options, "allow_extra_outputs")
    return CustomMetric(numpy_feval, name)
