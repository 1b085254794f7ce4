"""Functions that numba has compiled: of traced values they are the Python functions they came from.

numba asks a method written in Python for machine code where an argument has a class that is new to
it.  Where the argument is traced, that method is taught to answer with the Python function, which
numba then calls: its operations are those of any user's function.

>>> from numba import njit
>>> import autodiff as ad
>>> @njit
... def power(x, n):
...     y = 1.0
...     for _ in range(n):
...         y = y * x
...     return y
>>> ad.grad(power)(2.0, 3)
12.0
"""

from inspect import signature

from numba.core.dispatcher import OmittedArg, _DispatcherBase

from autodiff.core.language.numpy_calls.teaching import teach


def _python(dispatcher, *args, **kwargs):
    """What numba calls for machine code: the function, given the arguments as they were written.

    numba has put the defaults, and all that goes to `*rest`, in one place each.
    """
    function = dispatcher.py_func
    if function.__module__ is None:  # numba wrote it, to call a method of a class that it compiled
        return _DispatcherBase._compile_for_args.__wrapped__(dispatcher, *args, **kwargs)
    dispatcher._types_active_call.clear()
    rest = any(one.kind is one.VAR_POSITIONAL for one in signature(function).parameters.values())

    def call(*args):
        args = [arg.value if isinstance(arg, OmittedArg) else arg for arg in args]
        return function(*args[:-1], *args[-1]) if rest else function(*args)

    return call


teach(_DispatcherBase._compile_for_args, _python)
