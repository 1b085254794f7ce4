"""Programs and arrays for the eye: a table of equations, small grids and patches of colour."""
