"""Declaring: how a `tf.` name becomes nodes.

`declare` is the short way (`named`, `node`, `scoped`), `staging` the helpers that the ops with
old argument orders and shape rules of their own are written with.  No rule of a derivative stands
here or in the ops: those are the registry's.
"""
