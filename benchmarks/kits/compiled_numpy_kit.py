"""This library compiled by `ad.compile` with nothing but NumPy."""

from benchmarks.kits.compiled_kit import Compiled

KIT = Compiled("numpy")
