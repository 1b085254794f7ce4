"""Models as scikit-learn's estimators, for its grids and cross-validation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.frontends.common.options import only
from autodiff.frontends.keras.models import Sequential
from autodiff.frontends.keras.utils.np_utils import to_categorical


class BaseWrapper:
    """`build_fn` makes a compiled model; the other arguments are its, or those of `fit`."""

    _estimator_type = ""

    def __init__(self, build_fn: Callable[..., Any] | None = None, **sk_params: Any) -> None:
        self.build_fn, self.sk_params = build_fn, sk_params

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments, for copies."""
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Any:
        """Other arguments."""
        self.sk_params.update(params)
        return self

    def _filtered(self, function: Callable[..., Any]) -> dict[str, Any]:
        known = inspect.signature(function).parameters
        return {k: v for k, v in self.sk_params.items() if k in known and k != "build_fn"}

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """A new model, fitted."""
        make = self.build_fn or self.__call__  # type: ignore[attr-defined]
        self.model = make(**self._filtered(make))
        y = np.asarray(y)
        if self._estimator_type == "classifier":
            y = self._classes(y)
        self.model.fit(X, y, **(self._filtered(Sequential.fit) | kwargs))
        return self

    def _classes(self, y: np.ndarray) -> np.ndarray:
        """One-hot rows, where the model's output is wider than the labels."""
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
            return y
        self.classes_ = np.unique(y)
        numbers = np.searchsorted(self.classes_, y.ravel())
        wide = self.model.outputs[0].get_shape().as_list()[-1] > 1
        return to_categorical(numbers, len(self.classes_)) if wide else numbers

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks of an estimator."""
        from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

        kind = ClassifierMixin if self._estimator_type == "classifier" else RegressorMixin
        return type("Tags", (kind, BaseEstimator), {})().__sklearn_tags__()


class KerasClassifier(BaseWrapper):
    """A classifier."""

    _estimator_type = "classifier"

    def predict(self, X: Any, **kwargs: Any) -> Any:
        """The classes."""
        only("predict", kwargs, "batch_size", "verbose")
        return self.classes_[np.ravel(self.model.predict_classes(X))]

    def predict_proba(self, X: Any, **kwargs: Any) -> Any:
        """The probabilities of all classes."""
        only("predict_proba", kwargs, "batch_size", "verbose")
        found = self.model.predict(X)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def score(self, X: Any, y: Any, **kwargs: Any) -> float:
        """The share of right classes."""
        only("score", kwargs, "batch_size", "verbose")
        y = np.asarray(y)
        true = self.classes_[y.argmax(1)] if y.ndim == 2 and y.shape[1] > 1 else y.ravel()
        return float(np.mean(self.predict(X) == true))


class KerasRegressor(BaseWrapper):
    """A regressor."""

    _estimator_type = "regressor"

    def predict(self, X: Any, **kwargs: Any) -> Any:
        """The numbers."""
        only("predict", kwargs, "batch_size", "verbose")
        return np.squeeze(self.model.predict(X), -1)

    def score(self, X: Any, y: Any, **kwargs: Any) -> float:
        """The loss; the larger the better, so it is negative."""
        only("score", kwargs, "batch_size", "verbose")
        found = self.model.evaluate(X, np.asarray(y), verbose=0)
        return -float(np.ravel(found)[0])
