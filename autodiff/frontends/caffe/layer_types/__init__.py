"""The types of layers that a net's text names: a class each, entered in one table."""
