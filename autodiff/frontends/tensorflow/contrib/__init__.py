"""`tf.contrib`: what was contributed to TensorFlow and stood apart from its core.

Each part loads when it is used, since slim and its layers are a front end over this one.
"""

import importlib
from types import ModuleType

from autodiff.frontends.tensorflow.ground.renamed import missing

PARTS = (
    "crf", "distributions", "framework", "layers", "learn", "metrics", "rnn", "seq2seq",
    "tensorboard",
)  # fmt: skip
ELSEWHERE = {
    "data": "autodiff.frontends.tensorflow.data",
    "keras": "autodiff.frontends.keras",
    "legacy_seq2seq": "autodiff.frontends.tensorflow.nn.seq2seq",
    "losses": "autodiff.frontends.slim.losses",
    "slim": "autodiff.frontends.slim",
}
"""Parts that stand in another place."""


def __getattr__(name: str) -> ModuleType:
    if name in PARTS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in ELSEWHERE:
        return importlib.import_module(ELSEWHERE[name])
    raise missing("tf.contrib", name, [*PARTS, *ELSEWHERE])
