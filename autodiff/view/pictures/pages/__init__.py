"""Pieces of HTML that need no network: a still picture, and a script that does more with it.

`page` puts pieces together, with the styles and functions that all of them share; `in_page` has
the reader's browser lay a picture out, by the Graphviz for browsers in `vendor`.
"""
