"""What nodes and edges look like, as Graphviz is told it: rows of texts and grids, and attributes.

`label` writes tables whose cells are as wide as the product says, `dot` says what stands in them.
"""
