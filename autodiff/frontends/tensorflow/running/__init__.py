"""Running: what some fetches need becomes a list of calls, a `Plan`, which a `Session` runs.

Nodes run in the order in which they were built; variables are read once, at the start of a run.
Rests on the graph.
"""
