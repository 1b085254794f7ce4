"""Variables: tensors that a session keeps between runs, their names, scopes and first values.

`scopes` has `get_variable` and sharing, `initialization` the lists of all variables,
`initializers` the distributions that they start from.
"""
