"""Control: what runs after what, which branch is taken, and how often.

`flow` orders nodes, `branches` has `cond` and `while_loop`, `folds` goes along the elements of a
tensor.  A branch or loop is one node over a graph of its own.
"""
