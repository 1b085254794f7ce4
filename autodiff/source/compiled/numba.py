"""The back end of numba: kernels that are compiled to machine code, NumPy between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.ground.errors import UnsupportedError
from autodiff.source.compiled.flat import flat
from autodiff.source.compiled.kernels.stages import Staged, staged
from autodiff.source.program.preparing import Captured, Prepared
from autodiff.source.program.source import Source
from autodiff.source.program.titles import title_of
from autodiff.source.rewriting.body import Body
from autodiff.source.text.writer import Writer
from autodiff.source.words.texts import Text

HEADER = """import math

import numpy as np
from numba import njit
from numpy import float32, float64, int8, int32, int64, sqrt

from autodiff.source.compiled.kernels.blas import gemm
from autodiff.source.compiled.kernels.maths import (
    cos, exp, expit, log, log1p, maximum, minimum, plus, sign, sin, tanh,
)
from autodiff.source.compiled.kernels.memory import load, store"""


class Kernels(Writer):
    """Writes a body in stages."""

    def __init__(self, stages: Staged, *rest: Any) -> None:
        self.kernels = stages.kernels
        super().__init__(rest[0], stages.body, *rest[1:])

    def statements(self) -> None:
        """The lines, and the kernels beside them."""
        self.names.taken.update(self.kernels)
        self.module.header = HEADER
        super().statements()
        for name, text in self.kernels.items():
            self.module.helper_texts[name] = text
            self.module.helpers[name] = None

    def array(self, array: np.ndarray) -> Text:
        """A constant array is made once, not at each call."""
        if array.size > 1 and id(array) not in self.by_id:
            name = self.names.new(self.name_of(array) or "constant")
            self.by_id[id(array)] = name
            self.module.captured[name] = array
        return super().array(array)


def compiled(prepared: Prepared) -> Source:
    """The program with kernels, compiled; raises where there is nothing to compile."""
    name, doc = title_of(prepared.f)
    known = Captured(prepared.places, prepared.recording.copies)

    def make() -> Body:
        return flat(prepared.recording)

    stages = staged(make)
    if not stages.kernels:
        raise UnsupportedError("nothing in it would gain by being compiled.")
    doc = doc.replace("of NumPy.", "of NumPy and numba.")
    module = Kernels(
        stages, prepared.recording, name, prepared.want, known.name_of, doc, False
    ).module
    made = Source(module, known.getters(module.captured), prepared.witnesses)
    return made
