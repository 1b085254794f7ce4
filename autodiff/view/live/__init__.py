"""A run that answers: inputs are dragged or typed, values held, edges cut, and all follows.

`again` runs a program once more with such changes; `session` answers a page's requests, where
there is a kernel, and `widget` connects the two; `trees` is for pages without one: the formulas of
a scalar program as data, which the page computes by itself.  May import `pictures` and what those
may; the player imports it.
"""
