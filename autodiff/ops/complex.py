"""Complex numbers: parts, conjugate.  Linear over the reals."""

import numpy as np

from autodiff.core.kinds import linear
from autodiff.core.op import case

real = linear(np.real, lambda ct, x: ct, cases=(case((3,)),))
imag = linear(np.imag, lambda ct, x: -1j * ct, cases=(case((3,)),))
conjugate = linear(np.conjugate, lambda ct, x: np.conj(ct), public=np.conjugate, cases=(case((3,)),))
