"""Logging: checkpoints of variables, and summaries for TensorBoard."""

from autodiff.frontends.tensorflow.renamed import ELSEWHERE


def __getattr__(name: str) -> object:
    raise AttributeError(f"tf.logging has no {name!r} here. {ELSEWHERE['logging']}")
