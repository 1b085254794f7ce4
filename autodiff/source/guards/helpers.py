"""The few functions that a written module brings along: they refuse what it was not written for."""

HELPERS = {
    "parts": '''
def parts(container, name, *keys, kind="dict", ordered=True):
    """The parts of a container, which has just these keys, indices or attributes."""
    own = type(container).__name__
    if own != kind:
        raise ValueError(f"{name} is a {own}; this program is for a {kind}.")
    if isinstance(container, dict):
        found = list(container)
    elif isinstance(container, (list, tuple)) and not hasattr(container, "_fields"):
        found = list(range(len(container)))
    else:
        return tuple(getattr(container, key) for key in keys)
    if found != list(keys) and (ordered or set(found) != set(keys)):
        raise ValueError(
            f"{name} has the parts {found}; this program is for {list(keys)} "
            "in this order."
        )
    return tuple(container[key] for key in keys)
''',
    "check": '''
def check(value, name, shape, dtype, strides=None):
    """Refuse another shape or dtype than this program was written for."""
    found = str(value.dtype) if hasattr(value, "dtype") else type(value).__name__
    if np.shape(value) != shape or found != dtype:
        raise ValueError(
            f"{name} is {found} {np.shape(value)}; this program is for {dtype} {shape}."
        )
    if strides is not None and value.strides != strides:
        raise ValueError(
            f"{name} lies in memory by the steps {value.strides}; "
            f"this program is for {strides}."
        )
''',
    "expect": '''
def expect(holds, what):
    """Refuse inputs for which the function takes another way than this program."""
    if not holds:
        raise ValueError(f"this program holds only as long as: {what}")
''',
    "finite": '''
def finite(*values):
    """Refuse infinite or NaN derivatives: other rules hold there."""
    for value in values:
        if not np.isfinite(np.vdot(value, value)):
            raise FloatingPointError("a derivative is infinite or NaN here.")
''',
    "like": '''
def like(container, **parts):
    """A copy of a container with other parts."""
    if hasattr(container, "_replace"):
        return container._replace(**parts)
    new = copy.copy(container)
    for name, part in parts.items():
        object.__setattr__(new, name, part)
    return new
''',
}
