"""Logging: checkpoints of variables, and summaries for TensorBoard."""
