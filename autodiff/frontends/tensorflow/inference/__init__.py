"""Inference: the shape and dtype of a result while the graph is built, when no value is known.

Elementwise ops broadcast and reductions drop axes; whatever else there is runs once on stand-ins
without memory, see `probe`.  Rests on the ground; the graph asks it for every node.
"""
