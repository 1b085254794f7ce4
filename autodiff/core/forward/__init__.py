"""Forward mode: a primal and a tangent travel together, op by op.

The idea is the dual number (`dual`); `program_jvp` pushes tangents along a program that is recorded
already.  May import `values` and what is below it, and knows nothing of reverse mode.
"""
