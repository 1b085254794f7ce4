"""What is printed, by the path of 2.0."""

import autodiff.frontends.cntk.logging.progress_print as progress_print
from autodiff.frontends.cntk.utils.progress_print import ProgressPrinter, log_number_of_parameters

__all__ = ["ProgressPrinter", "log_number_of_parameters", "progress_print"]
