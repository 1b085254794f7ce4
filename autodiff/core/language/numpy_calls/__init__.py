"""How functions of NumPy and of packages are called, and what to say when they refuse."""
