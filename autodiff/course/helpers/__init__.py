"""What the lessons' own text and exercises work with: tools that a student may read and import.

`counting` counts the calls of a function; `handmade` runs a trace that was written by hand, row by
row; `planted` has rules with bugs, for a gradient checker to find.
"""
