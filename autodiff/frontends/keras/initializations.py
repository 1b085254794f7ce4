"""`keras.initializations` of Keras 1: functions of (shape, name=...) that make first values."""
# ruff: noqa: F401 (all that is imported here is a public name)

from typing import Any

from autodiff.frontends.keras.ground.choices import (
    INITIAL,
    chosen,
    identity,
    normal,
    orthogonal,
    uniform,
)


def get(identifier: Any) -> Any:
    """An initialization by its name; a function passes through."""
    return chosen("the initialization", identifier, INITIAL)


glorot_uniform, glorot_normal = INITIAL["glorot_uniform"], INITIAL["glorot_normal"]
he_uniform, he_normal, lecun_uniform = (
    INITIAL["he_uniform"], INITIAL["he_normal"], INITIAL["lecun_uniform"],
)  # fmt: skip
zero = zeros = INITIAL["zero"]
one = ones = INITIAL["one"]
