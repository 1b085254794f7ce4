"""What a program must not take for granted, and how it refuses what it was not written for.

A recording freezes what Python decided, so a program can be silently wrong as soon as something
else changes.  Here stands what is watched: what a function uses besides its arguments, and checks
that a written module brings along.  Imports nothing of `source`.

    captured    what a function uses besides its arguments
    witnesses   what that was, and whether it still is
    standins    recorded values in the place of such arrays, while the function is recorded
    constants   arguments that are no numbers to calculate with
    helpers     the functions of a written module that refuse: `check`, `expect`, `finite`
"""
