"""What the families share: the forms in which NumPy's functions take their arguments, brought to
one, and what an op computed on the way forward and keeps for its rule."""
