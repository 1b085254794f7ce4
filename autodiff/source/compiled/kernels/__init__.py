"""Loops over elements as kernels in machine code: what the back end of numba runs.

The idea: shapes and strides of a program are fixed, so a view costs nothing, and calls that work
element by element share one loop, in which what they hand to each other stays in registers.

    elementwise     calls as formulas of one element
    geometry        where the elements of a value lie
    placing         which calls share a loop
    loops, kernels  a loop as text; a kernel, which is some of them
    chunks          long programs cut where they repeat themselves
    stages          kernels and calls of NumPy in turn
    maths, memory   functions that vectorize; elements by their place in memory
"""
