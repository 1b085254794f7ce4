"""PyTorch compiled by `torch.compile` into C++ for the CPU; the time of compiling is told apart.

A row takes from 15 seconds to minutes to compile, so that this kit runs only where it is asked for:
`python -m benchmarks --peers torch_compile --save`, which leaves the other columns as they were.
"""

import torch

from benchmarks.kits.torch_kit import (
    array,
    conv2d,
    cross_entropy,
    logsumexp,
    max_pool2d,
    relu,
    tensors,
    xp,
)

NAME = "torch.compile"
LONG = "would compile for too long"
WITHOUT = {
    "rnn": LONG,
    "jvp-chain-1000": LONG,
    **{f"scalar-{n}": LONG for n in (1000, 100_000)},
    **{f"scalar-bytes-{n}": "records nothing" for n in (1000, 100_000)},
    **{f"long-chain-{n}": LONG for n in (200_000, 1_000_000)},
}
"""Workloads that this kit leaves out, and why."""

__all__ = ["array", "conv2d", "cross_entropy", "logsumexp", "max_pool2d", "relu", "xp"]


def prepared(f, *args):
    """A call of f that is compiled already."""
    torch.compiler.reset()
    fast = torch.compile(f, dynamic=False)
    fast(*args)
    return lambda: fast(*args)


def gradient(f, params):
    """Prepare the value and the gradients of f(params)."""
    variables = [variable.requires_grad_() for variable in tensors(params)]
    run = prepared(f, variables)

    def call():
        root = run()
        return root.detach(), torch.autograd.grad(root, variables)

    call()
    return call


def jvp(f, params, tangents):
    """Prepare the value of f(params) and its derivative along the tangents."""
    return prepared(lambda p, t: torch.func.jvp(f, (p,), (t,)), tensors(params), tensors(tangents))


def hvp(f, params, direction):
    """Prepare the product of the Hessian of f with a direction."""
    gradient_of_f = torch.func.grad(f)
    return prepared(
        lambda p, v: torch.func.jvp(gradient_of_f, (p,), (v,))[1],
        tensors(params),
        tensors(direction),
    )


def jacobian(f, x):
    """Prepare the Jacobian matrix of f at x, by batched seeds."""
    return prepared(torch.func.jacrev(f), torch.tensor(x))


def hessian(f, x):
    """Prepare the Hessian matrix of f at x, by batched seeds."""
    return prepared(torch.func.hessian(f), torch.tensor(x))
