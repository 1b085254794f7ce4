"""PyTorch in eager mode on the CPU, in the dtype of the inputs as everybody else."""

import torch
import torch.nn.functional as functional

NAME = "torch"
xp = torch
relu = torch.relu
logsumexp = torch.logsumexp
cross_entropy = functional.cross_entropy

torch.set_num_threads(1)


def array(value):
    """A constant of the library, sharing the NumPy array's memory."""
    return torch.from_numpy(value)


def conv2d(x, w, padding=0):
    """The cross-correlation of images (N, C, H, W) with weights (O, C, kh, kw)."""
    return functional.conv2d(x, w, padding=padding)


def max_pool2d(x, size):
    """The largest element of each window of an image."""
    return functional.max_pool2d(x, size)


def gradient(f, params):
    """Prepare the value and the gradients of f(params)."""
    variables = [torch.tensor(value, requires_grad=True) for value in params]

    def call():
        root = f(variables)
        return root.detach(), torch.autograd.grad(root, variables)

    return call


eager = gradient


def jvp(f, params, tangents):
    """Prepare the value of f(params) and its derivative along the tangents."""
    variables, directions = tensors(params), tensors(tangents)
    return lambda: torch.func.jvp(f, (variables,), (directions,))


def hvp(f, params, direction):
    """Prepare the product of the Hessian of f with a direction."""
    variables, directions = tensors(params), tensors(direction)
    gradient_of_f = torch.func.grad(f)
    return lambda: torch.func.jvp(gradient_of_f, (variables,), (directions,))[1]


def jacobian(f, x):
    """Prepare the Jacobian matrix of f at x, by batched seeds."""
    transformed, x = torch.func.jacrev(f), torch.tensor(x)
    return lambda: transformed(x)


def hessian(f, x):
    """Prepare the Hessian matrix of f at x, by batched seeds."""
    transformed, x = torch.func.hessian(f), torch.tensor(x)
    return lambda: transformed(x)


def record_scalars(f, numbers):
    """Prepare the recording of f on single numbers."""

    def call():
        variables = [
            torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers
        ]
        return f(variables), variables

    return call


def scalars(f, numbers):
    """Prepare the recording and the reverse sweep of f on single numbers."""
    record = record_scalars(f, numbers)

    def call():
        root, variables = record()
        root.backward()
        return root.detach(), [variable.grad for variable in variables]

    return call


def tensors(values):
    """The arrays as tensors of their own."""
    return [torch.tensor(value) for value in values]
