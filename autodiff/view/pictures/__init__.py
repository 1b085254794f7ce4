"""Pictures of a graph: Graphviz source, its layout, and the text twin that says the same.

`draw` makes one, and `build` puts it together as a `drawing`, which shows and saves itself;
`outline` says it in words; `stage` leaves its places empty for what comes later.  Its rooms:
`boxes` (what nodes and edges look like), `layout` (Graphviz on any machine, and its SVG), `pages`
(pieces of HTML), `map` (a large graph that unfolds by a click), `kinds` (pictures of their own).
May import `findings`, `records` and `words`.
"""
