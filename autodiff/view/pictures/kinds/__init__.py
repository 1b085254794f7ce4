"""Pictures of their own beside the drawing: each shows a graph in one other way.

`flow` shows the size of every adjoint, `paths` the products that add up, `compare` both modes side
by side, `ran` what a run has executed, and `failure` how far a run came that raised.
"""
