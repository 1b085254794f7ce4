"""From DOT source to a picture on any machine: by `dot`, by pygraphviz in a child, or in a page.

`render` chooses and runs it, `layout_child` is the program of the child, `svg` makes what comes
out fit for pages.
"""
