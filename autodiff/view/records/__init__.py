"""The graph of a run as plain records: what every picture, outline and step is made from.

`subject` says what is looked at (a tensor, a function at its arguments, a tape); `derive` runs a
sweep and keeps every term of every sum; `graph` holds nodes and edges, `annotate` writes the
sweep's numbers on them, `groups` makes a large graph small.  Nothing here knows how a picture
looks.  May import `words`.
"""
