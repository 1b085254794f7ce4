"""`MXNetError`."""


class MXNetError(Exception):
    """What MXNet's core refused."""
