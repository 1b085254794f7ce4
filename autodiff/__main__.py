"""`python -m autodiff` is the command `autodiff`."""

import sys

from autodiff.cli import main

sys.exit(main())
