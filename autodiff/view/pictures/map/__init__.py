"""The map of a large graph: its groups unfold by a click, with zoom, search and a small map.

`explorer.py` writes the graph as data; in the page `layers.js` lays out what is unfolded, and
`explorer.js` draws it and answers.
"""
