"""The engine: ops as records, traces by level, forward and reverse mode, transforms."""
