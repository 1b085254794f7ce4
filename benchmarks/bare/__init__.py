"""What a derivative costs at least: a tape in Python that checks nothing, and its forward mode.

It is no library: a record an operation with what pulls its cotangent back, reached by NumPy's own
protocols so that the objectives stay plain NumPy.  It knows no lines of the user, no levels, no
second style, looks for nothing that is not finite, protects no array, refuses nothing, and copies
nothing.  A target below it can't be had by a tape in Python; what is between it and ours is what
trust costs, and rules that make new arrays.

Forward mode goes over reverse mode: the data of a `Value` may be a `Dual`.
"""
