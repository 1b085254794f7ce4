"""Summaries for TensorBoard: nodes that make them while the graph runs, and the writer of files.

A summary is a small message (a number, a picture, a histogram) under a tag; the writer puts them
into an event file, with the graph itself.
"""
