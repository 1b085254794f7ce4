"""Many numbers to fewer: sums, means, extremes, running sums, order statistics, norms, and the
methods of ufuncs.  A rule spreads a cotangent over what was reduced."""
