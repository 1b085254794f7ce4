"""micrograd: single numbers only, which is what the scalar graphs compare with."""

from micrograd.engine import Value

NAME = "micrograd"


def record_scalars(f, numbers):
    """Prepare the recording of f on single numbers."""

    def call():
        variables = [Value(number) for number in numbers]
        return f(variables), variables

    return call


def scalars(f, numbers):
    """Prepare the recording and the reverse sweep of f on single numbers."""
    record = record_scalars(f, numbers)

    def call():
        root, variables = record()
        root.backward()
        return root.data, [variable.grad for variable in variables]

    return call
