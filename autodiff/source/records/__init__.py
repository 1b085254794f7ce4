"""The program as records: the calls of NumPy that a function makes, in order, with their values.

The idea: every transform ends in calls of NumPy.  A recorder that stands *below* the engine takes
them down, so that the program makes the very calls that the transform makes.  May import `guards`.

    nodes, recorder    one call of NumPy; who takes it down
    recorded, native, operators     what the function is given: arrays whose use is taken down
    exchange, noting   names of NumPy without an argument to ask; rules that note what they compute
    running            one run of a function, a `Recording`
"""
