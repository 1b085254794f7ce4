"""Gradient checks: derivatives compared with numeric ones, and with each other."""

from autodiff.check.compare import Report, check, check_grad

__all__ = ["Report", "check", "check_grad"]
