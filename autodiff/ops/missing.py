"""What of NumPy has no entry: each name with the reason, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autodiff.core.language.display.table import table
from autodiff.core.language.registry import registry

REASONS: dict[str, str] = {
    "works on integers or bits, which have no derivative": """
        bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor gcd invert lcm left_shift right_shift packbits unpackbits
        binary_repr base_repr ravel_multi_index unravel_index""",
    "works on dates, which have no derivative": """
        busday_count busday_offset is_busday isnat datetime_as_string datetime_data""",
    "makes an array of shapes, lengths and dtypes, which can be filled with traced values": """
        empty eye identity indices ones zeros tri diag_indices mask_indices tril_indices
        triu_indices broadcast_shapes bartlett blackman hamming hanning fft.fftfreq
        fft.rfftfreq einsum_path""",
    "NumPy does not hand it over; write start + step * np.arange(n), or np.linspace": "arange",
    "needs no entry: the room `core.inside` serves it while a derivative is being taken":
        "fromiter",
    "needs no entry: it hands plain indices to the function, whose result may be traced":
        "fromfunction",
    "NumPy does not hand it over; write its formula with np.i0, which has a derivative": "kaiser",
    "makes a ufunc of a Python function, whose rule is not known; call the function itself":
        "frompyfunc",
    "makes plain arrays, which would lose the derivative; a traced array is one already": """
        asarray_chkfinite asmatrix bmat frombuffer from_dlpack fromstring fromregex require""",
    "asks about types, memory or settings": """
        isdtype isfortran isscalar issubdtype iterable mintypecode promote_types typename
        nested_iters get_include get_printoptions getbufsize geterr geterrcall info printoptions
        set_printoptions setbufsize seterr seterrcall show_config show_runtime test linalg.test
        fft.test format_float_positional format_float_scientific""",
    "reads or writes files": """
        fromfile genfromtxt load loadtxt""",
    "counts do not change with the data; for weights write np.bincount of the bins' numbers": """
        histogram2d histogramdd""",
    "finds values that are equal; find their places on plain values, and take them by index": """
        intersect1d setdiff1d setxor1d""",
    "has the results of np.unique under other names; write np.unique": """
        unique_all unique_counts unique_inverse unique_values""",
    "needs no entry: it is np.vstack by its old name, which it calls": "row_stack",
    "the smallest step of floating point numbers is no smooth function": "nextafter",
}  # fmt: skip


def functions() -> Iterator[tuple[str, object]]:
    """The public functions of numpy, numpy.linalg, numpy.fft and numpy.emath, by name.

    >>> dict(functions())["linalg.inv"] is np.linalg.inv
    True
    """
    modules = {"": np, "linalg.": np.linalg, "fft.": np.fft, "emath.": np.emath}
    for prefix, module in modules.items():
        for name in module.__all__:
            function = getattr(module, name)
            if callable(function) and not isinstance(function, type):
                yield prefix + name, function


def missing() -> dict[str, str]:
    """Every function without an entry, and why: the table of `autodiff ops --missing`.

    >>> missing()["arange"]
    'NumPy does not hand it over; write start + step * np.arange(n), or np.linspace'
    """
    reason = {name: why for why, names in REASONS.items() for name in names.split()}
    known = set(registry.by_function) | set(registry.composites)
    found = {name: reason.get(name, "not yet") for name, f in functions() if f not in known}
    return dict(sorted(found.items()))


def missing_table(width: int | None = None) -> str:
    """The names without an entry beside the reasons, as aligned text.

    >>> print(missing_table().splitlines()[0])
    name                     reason, and what to write instead
    """
    rows = list(missing().items())
    return table(("name", "reason, and what to write instead"), rows, width=width)
