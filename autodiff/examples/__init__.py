"""Runnable examples: the lecture's network, and a small MLP on handwritten digits."""
