"""The graph: equations written down instead of computed, and the tensors that are their values.

`Graph` is a trace of the engine, so an operator, `np.log(t)` and a `tf.` name all end in
`Graph.stage`, which adds an `Equation`.  `recorded` makes any Python function one node, `state` an
op over what a session keeps, `body` a graph inside a node (branches, loops).  Rests on inference.
"""
