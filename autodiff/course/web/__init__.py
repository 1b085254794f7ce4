"""The lessons in a browser tab: static pages, Python in the page, nothing to install, no server.

The idea: the page is the lesson's own source with editable cells, and the very package runs in the
tab, compiled to WebAssembly by Pyodide; there is no second engine to keep right.  `runtime` brings
Pyodide's files and verifies each; `site` builds the pages; `runner` is what runs a cell, in the tab
as here in the tests; `files/` holds the page's script, its worker and its style.
"""
