"""The ground: what names, dtypes, shapes and errors are, before there is a graph.

A dtype is NumPy's under TensorFlow's name, a static shape a tuple with None, a name unique inside
its scopes.  Also here: which graph and session are current, what a node needs to run, what a
notebook cell made before, and the table of names that versions changed.  Rests on nothing here.
"""
