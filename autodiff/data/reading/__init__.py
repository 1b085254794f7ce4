"""Examples from files as plain iterators: lines and CSV, pictures, and streams of either.

`text` and `images` read and decode; `stream` shuffles, batches and repeats what they give.
"""
