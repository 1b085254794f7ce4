"""One network in the styles of the lecture, and what differs between them, measured.

    problem = Problem.small()
    step, graph = STYLES["Theano"](problem)      # built once
    step(x, labels)                               # one step of gradient descent: the loss before it
    ad.draw(graph())                              # what the system has of the network

The network is x W1 + b1, tanh, W2 + b2, softmax, cross-entropy.  `styles` writes it as each
system's own programs do, in at most 15 lines of Python; `measuring` asks all of them the
same questions (when is an error seen, what does it say, what happens to `if`), `rates` and `habits`
what each does where no rule of calculus decides: at kinks, at ties, over a batch.
"""

from autodiff.examples.one_network.page import pictures, programs
from autodiff.examples.one_network.problem import Problem
from autodiff.examples.one_network.styles import SLIDE, STYLES

__all__ = ["SLIDE", "STYLES", "Problem", "pictures", "programs"]
