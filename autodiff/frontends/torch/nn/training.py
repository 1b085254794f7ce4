"""`StochasticGradient`: the training loop that came with `nn`."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.torch.tensor import generator


class StochasticGradient:
    """One update an example: `trainer.train(dataset)`, a list of (input, target)."""

    learningRate, learningRateDecay = 0.01, 0.0
    maxIteration, shuffleIndices, verbose = 25, True, True

    def __init__(self, module: Any, criterion: Any) -> None:
        self.module, self.criterion = module, criterion

    def train(self, dataset: Any) -> None:
        """All epochs; prints the mean error of each."""
        count = dataset.size() if hasattr(dataset, "size") else len(dataset)
        order = range(count)
        if self.shuffleIndices:
            order = generator[0].permutation(count)  # type: ignore[assignment]
        for iteration in range(1, self.maxIteration + 1):
            total = 0.0
            rate = self.learningRate / (1 + (iteration - 1) * self.learningRateDecay)
            for place in order:
                first = hasattr(dataset, "size")
                input, target = dataset[int(place) + first]
                total += self.criterion.forward(self.module.forward(input), target)
                gradient = self.criterion.backward(self.module.output, target)
                self.module.zeroGradParameters()
                self.module.backward(input, gradient)
                self.module.updateParameters(rate)
            if self.verbose:
                print(f"# current error = {total / count}")
