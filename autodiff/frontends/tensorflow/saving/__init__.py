"""Saving: checkpoints of variables, which of them are kept, and what the state file says.

A `Saver` writes safetensors with a checksum for each array, whole or not at all.
"""
