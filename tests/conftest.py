"""TensorBoard takes whatever imports as `tensorflow`; here that is a folder of tests.

With this module present it takes its own stand-in instead, as it does without TensorFlow.
"""

import sys
import types

sys.modules["tensorboard.compat.notf"] = types.ModuleType("tensorboard.compat.notf")
