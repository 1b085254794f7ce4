"""Programs as ONNX models, of functions and of their derivatives.

The idea: a gradient program is made of ordinary calls, so it is an ordinary graph.  No runtime has
to know what a derivative is, and PyTorch, whose exporter refuses gradients, is not needed.

    graph       nodes, constants and names of one ONNX graph; values with arithmetic
    elementwise, reducing, products     how each function is written: one table each
    calling     which of the tables has the form of a call
    moving      functions that only move elements: what they do to the places says where each goes
    memory      arrays that are changed in place: the places that are written
    exporting   a recording, call by call
    model       what `ad.source(f, *args, to="onnx")` answers

Shapes are fixed, as in every program.  The opset is 18, which is of December 2022; float64 is
written in functions that onnxruntime has for it.
"""

OPSET = 18
"""The version of ONNX's operators that models are written in."""
