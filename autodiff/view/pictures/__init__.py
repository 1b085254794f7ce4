"""Pictures of a graph: Graphviz source, its layout, and the text twin that says the same.

`draw` makes one; `dot` says what nodes and edges look like, `build` puts them together,
`render` lays them out on any machine, `outline` says the picture in words; `flow`, `ran`,
`paths`, `compare` and `failure` are pictures of their own.  May import `findings`, `records`
and `words`.
"""
