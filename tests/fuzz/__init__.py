"""A fuzzer: random NumPy programs, whose derivatives are compared with differences of NumPy itself.

    grammar/     what a statement may look like, as tables of templates
    slots        fills a template's slots with what fits the values at hand
    program      statements, inputs and constants; the text of the function that they make
    lockstep     the statements run by NumPy alone, at a point and at places near it: differences
    generate     grows a program a statement at a time, keeping those that NumPy can run smoothly
    modes        every way to ask the library for the derivative, and what it must be equal to
    judge        a program's verdict: right, refused, unclear, wrong, crash
    shrink       deletes statements as long as the verdict stays
    report       a failure as a program that one can paste and run; the table at the end

`python -m fuzz --seed 3 --programs 200` (in the folder `tests`), or `make fuzz SEED=3`.
"""
