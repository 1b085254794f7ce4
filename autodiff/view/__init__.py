"""Pictures, gradient flow, steps and the player: everything that shows a derivative.

Nothing here is imported by `import autodiff`; the names load when they are used.
"""

from autodiff.view.compare import compare
from autodiff.view.draw import draw
from autodiff.view.failure import draw_failure
from autodiff.view.paths import paths
from autodiff.view.render import doctor
from autodiff.view.terminal import terminal
from autodiff.view.tour import step, steps

__all__ = ["compare", "doctor", "draw", "draw_failure", "paths", "step", "steps", "terminal"]
