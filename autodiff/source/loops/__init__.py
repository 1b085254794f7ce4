"""Equal repeated steps as a `for`: a recurrent network of fifty steps reads as one step.

A recording has no loops, its lines repeat.  Works on lines of text, and knows nothing of what they
compute.  May import `words`.

    repeats     where lines are equal but for names and whole numbers, and what these are
    folding     which of the repeated lines are the steps of a loop, and that loop
"""
