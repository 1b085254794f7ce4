"""What a symbol is made of and becomes: equations, text, and an executor with its arrays.

`symbol` itself, beside this room, has the names that a user writes.
"""
