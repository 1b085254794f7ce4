"""The ops by family, under TensorFlow's names and argument orders.

math, reductions, arrays, joining, choosing, random, clipping: each module is declarations over
the registry.  Those for networks, images, branches and files have rooms of their own.
"""
