"""Functions: how they compose into a graph, and how it runs over a batch of sequences."""
