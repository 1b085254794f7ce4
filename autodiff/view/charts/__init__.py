"""Charts beside the drawings, by matplotlib, which is imported only when one is made.

`plots` are curves and bars of derivatives, `training` those of a training, `maps` bends the plane,
`factors` writes the chain rule as a product of matrices; `chart` is the figure that shows itself,
with words.  May import `pictures` and what those may, and nothing of `player`.
"""
