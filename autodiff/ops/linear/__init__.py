"""Matrices: products, inverses, factorizations, eigenvalues, singular values, Fourier transforms.
A rule is again a few products of matrices (Giles 2008, "Collected matrix derivative results")."""
