"""Derivatives: the engine's reverse sweep over a graph, whose cotangents are tensors.

`gradients` walks up, `pullback` adds the one node that calls the registry's rule when it runs.
So the backward part is a part of the graph: drawn, run in part, differentiated again.
"""
