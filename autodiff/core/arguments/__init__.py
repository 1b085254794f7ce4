"""The arguments of a user's function: containers taken apart, and leaves that vary.

The idea: a transform sees a flat list of arrays, the user sees the dicts, lists and dataclasses
that were passed.  May import `language` and `ground`.
"""
