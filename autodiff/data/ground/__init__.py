"""What all of data stands on: what can be wrong with a file, and how one is written and named.

`errors` has one class a reason; `files` writes whole or not at all; `naming` gives the leaves of a
tree the names that checkpoints and summaries have.
"""
