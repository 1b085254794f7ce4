"""Gradient checks: derivatives compared with numeric ones, and with each other."""

from autodiff.check.compare import check, check_grad
from autodiff.check.report import Report

__all__ = ["Report", "check", "check_grad"]
