"""What NumPy does not hand over, while a derivative is being taken.

NumPy hands calls over that have a traced argument (NEP 13 and 18).  Four things it never does:
constructors and functions of lists (`np.array([a, b])`, `np.mean([a, b])`), plain arrays that are
filled (`y = np.zeros(n); y[i] = x[i]`), methods of plain arrays (`A.dot(x)`) and `math.sin(x)`.
While the user's function runs, and only then, the names of `numpy` and `math`, and those that the
user's modules bound by `from numpy import array`, stand for functions that look for a traced
argument (`exchange`, `names`, `imported`): as many names as the function can come to (`reachable`).
What user code makes blank can become traced (`blanks`), what one variable of it holds alone too
(`sole_owners`, `updates`), and `isinstance` answers it as for a plain value (`answers`).  Calls
that packages make are never concerned.  `tracing` runs the function.
"""
