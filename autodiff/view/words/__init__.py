"""What things are called, and how numbers and formulas are written: the words of every picture.

A drawing, its twin in words and the player's steps must never call one value by two names, or
write one number in two ways; so each has one place.  `names` finds what the user calls a value,
`text` writes numbers and arrays in a few characters, `partials` writes the local derivative of
an operation as formula, as number, or in shapes.  May import the core, and nothing of `view`.
"""
