"""How one thing is written: a name, a number, a call, a line of 88 columns.

Whoever writes programs, as Python or as formulas, takes its words from here, so that a value has
one name wherever it is told of.  May import `records`.

    names           the user's names of values, `d_h` for a cotangent, `t_h` for a tangent
    expressions     a call as Python text
    notation        names and numbers in formulas
    wrapping        long lines broken inside of their brackets
"""
