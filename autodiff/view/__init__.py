"""Pictures, gradient flow, steps and the player: everything that shows a derivative.

Nothing here is imported by `import autodiff`; the names load when they are used.
"""

from autodiff.view.live.widget import live
from autodiff.view.pictures.draw import draw
from autodiff.view.pictures.kinds.compare import compare
from autodiff.view.pictures.kinds.failure import draw_failure
from autodiff.view.pictures.kinds.paths import paths
from autodiff.view.pictures.layout.render import doctor
from autodiff.view.player.terminal import terminal
from autodiff.view.player.tour import step, steps

__all__ = [
    "compare",
    "doctor",
    "draw",
    "draw_failure",
    "live",
    "paths",
    "step",
    "steps",
    "terminal",
]
