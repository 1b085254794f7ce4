"""The same numbers in another place: shapes, joining, indexing, writing, patterns.  All of it is
linear, and the transpose of each op is again one of these, or adds into zeros."""
