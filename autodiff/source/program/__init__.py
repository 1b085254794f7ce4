"""`Source`: the program of a function as a whole, to be printed, called, saved, taken elsewhere.

Here all comes together: a function is recorded, its calls are simplified, written and guarded.
Everything but the back ends of `ad.compile` stands below it.

    source      `Source`, and how it comes to be
    told        which line makes a value, and which its derivative: for the player
"""
