"""What traced values have in common, in either mode: they behave as NumPy arrays do.

The idea: plain `import numpy as np` is the interface, so NumPy's protocols, operators, methods and
in-place changes all lead to the registry's ops.  May import `arguments` and what is below it.
"""
