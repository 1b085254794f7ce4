"""The table of ops: what an entry is, the entries, the loss layers among them, and the shapes of a
symbol by them.  Symbol and NDArray read the same table.
"""
