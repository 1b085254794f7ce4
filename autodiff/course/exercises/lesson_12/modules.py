"""Exercise 12.3: a module with hand-written backward, in Torch's three methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Answer, Exercise, Misconception


class _Scale:
    weight: Any
    gradWeight: Any

    def updateOutput(self, x: Any) -> Any:
        self.output = x * self.weight
        return self.output

    def updateGradInput(self, x: Any, g: Any) -> Any:
        self.gradInput = g * self.weight
        return self.gradInput

    def accGradParameters(self, x: Any, g: Any, scale: float) -> None:
        self.gradWeight += scale * (g * x).sum(0)


class _NotAdded(_Scale):
    def accGradParameters(self, x: Any, g: Any, scale: float) -> None:
        self.gradWeight = scale * (g * x).sum(0)


class _ScaleForgotten(_Scale):
    def accGradParameters(self, x: Any, g: Any, scale: float) -> None:
        self.gradWeight += (g * x).sum(0)


class _MeanOfRows(_Scale):
    def accGradParameters(self, x: Any, g: Any, scale: float) -> None:
        self.gradWeight += scale * (g * x).mean(0)


class _AllSummed(_Scale):
    def accGradParameters(self, x: Any, g: Any, scale: float) -> None:
        self.gradWeight += scale * (g * x).sum()


class _NoInput(_Scale):
    def accGradParameters(self, x: Any, g: Any, scale: float) -> None:
        self.gradWeight += scale * g.sum(0)


class _NoGradOutput(_Scale):
    def updateGradInput(self, x: Any, g: Any) -> Any:
        self.gradInput = self.weight * np.ones_like(x)
        return self.gradInput


class _ByInput(_Scale):
    def updateGradInput(self, x: Any, g: Any) -> Any:
        self.gradInput = g * x
        return self.gradInput


class _Stepped(_Scale):
    def accGradParameters(self, x: Any, g: Any, scale: float) -> None:
        self.weight = self.weight - scale * (g * x).sum(0)


class _NotKept(_Scale):
    def updateOutput(self, x: Any) -> Any:
        return x * self.weight


def _used(answer: Answer, w: Any, x: Any, g: Any) -> Any:
    """What a module answers and keeps, over two backward passes."""
    module = answer()
    module.weight, module.gradWeight = w.copy(), np.zeros_like(w)
    found = {"the output": np.array(module.updateOutput(x))}
    found["the output that it keeps"] = np.array(getattr(module, "output", np.nan))
    found["the gradient of the input"] = np.array(module.updateGradInput(x, g))
    module.accGradParameters(x, g, 1.0)
    found["gradWeight after one pass"] = np.array(module.gradWeight)
    module.accGradParameters(x, g, 0.5)
    found["gradWeight after a second, with scale 0.5"] = np.array(module.gradWeight)
    found["the weight"] = np.array(module.weight)
    return found


SCALE = Exercise(
    number="12.3",
    title="A module with a backward of its own",
    shows="Torch's three methods: what is kept, what passes back, what is added up",
    solution=_Scale,
    inputs=lambda rng: [
        (np.array([2.0]), np.array([[3.0]]), np.array([[1.0]])),
        *(
            (rng.normal(size=n), rng.normal(size=(m, n)), rng.normal(size=(m, n)))
            for n, m in ((3, 4), (2, 5))
        ),
    ],
    observe=_used,
    forbids=ENGINE,
    hints=(
        "y[i, j] = x[i, j] w[j]. How fast does y[i, j] change with x[i, j], and with w[j]?",
        "Each row i has a say in w[j], so gradWeight gets a sum over the rows: scale times "
        "(g * x).sum(0), added to what is there.",
    ),
    misconceptions=(
        Misconception(
            "gradients are set and not added",
            _NotAdded,
            "The method is called accGradParameters. After two backward passes, whose gradient "
            "should gradWeight hold?",
        ),
        Misconception(
            "the scale is forgotten",
            _ScaleForgotten,
            "The second pass had the scale 0.5. Where does your method look at it?",
        ),
        Misconception(
            "the mean over the rows",
            _MeanOfRows,
            "Torch's mean over a batch is taken by the criterion. If a module takes it too, how "
            "often is divided by the number of rows?",
        ),
        Misconception(
            "one number for all weights",
            _AllSummed,
            "gradWeight has one number for each weight. Over which axis must be summed, and over "
            "which not?",
        ),
        Misconception(
            "the input left out of gradWeight",
            _NoInput,
            "y = x w. Is the slope of y by w a 1?",
        ),
        Misconception(
            "gradOutput left out",
            _NoGradOutput,
            "What comes from behind says how much each y matters. Where does it go into your "
            "gradient of the input?",
        ),
        Misconception(
            "the input's gradient by the input",
            _ByInput,
            "y = x w. Is the slope of y by x the x, or the w?",
        ),
        Misconception(
            "the weight is moved",
            _Stepped,
            "Who makes the step in Torch: the module, or optim.sgd?",
        ),
        Misconception(
            "the output is not kept",
            _NotKept,
            "Sequential gives each module the output of the one before, on the way back too. From "
            "where does it take it?",
        ),
    ),
)
