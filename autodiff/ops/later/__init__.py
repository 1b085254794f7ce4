"""The functions of `numpy.polynomial` and SciPy: such a module is imported when a program first
mentions its library, so that `import autodiff` costs no more than NumPy."""
