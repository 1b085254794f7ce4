"""One number at a time: arithmetic, exponentials, angles, choices, tables and polynomials.  A rule
is a product with the local slope; broadcasting is undone by sums."""
