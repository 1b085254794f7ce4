"""`Source`: the program of a function as a whole, to be printed, called, saved, taken elsewhere.

Here all comes together: a function is recorded, its calls are simplified, written and guarded.
Everything but the back ends of `ad.compile` stands below it.

    source      `Source`: the text, what it was written for, and its refusals
    preparing   how one comes to be
    free        a program for any size of an axis
    told        which line makes a value, and which its derivative: for the player
"""
