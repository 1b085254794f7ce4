"""Steps and the player: a sweep as a list of records, one contribution along one edge each.

`steps` describes the records, `sweeps` and `check_sweep` make them, `tour` is the way in;
`player` turns them into one self-contained piece of HTML, `terminal` into pages of text.  All
of them read the same list.  May import `pictures` and what those may.
"""
