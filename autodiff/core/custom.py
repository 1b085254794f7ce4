"""Ops and markers made by the user: `custom_op`, `checkpoint`, `stop_gradient`, `named`."""
