"""What an op has computed on the way forward and its rule needs again: kept with the argument.

The exponentials of a softmax cost more than all the rest of its rule.  An op that has them leaves
them here, and finds them again as long as its argument, an array that nobody changes while a
derivative needs it, lives; where they are gone (or were never there) the rule computes them anew.
Of a large array nothing is kept, since it would fill memory also where no derivative is asked for.

>>> x = np.array([0.0, 1.0])
>>> keep("exp", x, np.exp(x))
>>> kept("exp", x)
array([1.        , 2.71828183])
>>> kept("exp", x.copy()) is None
True
"""

import weakref

import numpy as np

LARGE = 2**25
"""Bytes of an array of which nothing is kept."""
_kept = {}


def keep(what, x, result):
    """Leave a result that belongs to a plain array; the next one of its kind takes its place."""
    if type(x) is np.ndarray and x.nbytes < LARGE:
        place = what, id(x)
        _kept[place] = weakref.ref(x, lambda _: _kept.pop(place, None)), result


def kept(what, x):
    """The result of that kind that was left with this very array, or None."""
    reference, result = _kept.get((what, id(x)), (bool, None))
    return result if reference() is x else None
