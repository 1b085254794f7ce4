"""Batches: many tangents or cotangents through one program, as one leading axis.

The idea: a Jacobian's rows differ in their seeds only, so they travel together.  May import
`values` and what is below it.
"""
