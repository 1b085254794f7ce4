"""What notebooks of CNTK ask of its own tests."""

from autodiff.frontends.cntk.tests import test_utils as test_utils
