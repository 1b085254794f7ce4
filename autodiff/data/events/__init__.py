"""What TensorBoard shows, and the file in which it looks for it.

`summaries` are numbers, pictures and histograms under a tag; `graphs` is a graph of named nodes,
and `program_graph` makes one of a recorded program; `writer` puts all of them into an event file.
"""
