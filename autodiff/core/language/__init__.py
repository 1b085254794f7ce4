"""The language that all modes read: operations as records, and programs made of them.

An `Op` says what kind of map it is and states its local derivative once; an `Equation` is one
recorded call of it; a `Program` is a list of equations.  `dispatch` decides which trace handles a
call.  The rest says how a derivative fits its value, what zeros stop, what holds at kinks, and how
all of it is printed.  May import `ground`.
"""
