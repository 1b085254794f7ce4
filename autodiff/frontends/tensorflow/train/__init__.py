"""`tf.train`: optimizers, and whatever else a training loop needs.

This package only gathers names: a family of `tf.train` names (`Saver`, queues, ...) lives in a
module of its own beside `optimizers` and is imported here.
"""
