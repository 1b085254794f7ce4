"""What notebooks of CNTK ask of its own tests."""

import autodiff.frontends.cntk.tests.test_utils as test_utils
