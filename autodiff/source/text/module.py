"""The text of a module: a function with its checks, and the helpers that it brings along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from autodiff.source.guards.helpers import HELPERS
from autodiff.source.words.wrapping import wrapped

INDENT = "    "


@dataclass(slots=True)
class Module:
    """The text of a program, and the arrays that it takes by keyword."""

    name: str
    parameters: list[str]
    lines: list[str] = field(default_factory=list)
    logical: list[str] = field(default_factory=list)
    """The lines before they were broken and indented, from `start` on."""
    heading: list[str] = field(default_factory=list)
    """Those before `start`: what is checked of the arguments."""
    helpers: dict[str, None] = field(default_factory=dict)
    captured: dict[str, np.ndarray] = field(default_factory=dict)
    imports: dict[str, None] = field(default_factory=dict)
    functions: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    doc: str = ""
    start: int = 0
    header: str = "import numpy as np"
    """What imports the arrays' library."""
    helper_texts: dict[str, str] = field(default_factory=lambda: dict(HELPERS))

    @property
    def body(self) -> str:
        """The lines of the function, without the checks of its arguments."""
        return "\n".join(line.removeprefix(INDENT) for line in self.lines[self.start :])

    def __str__(self) -> str:
        keywords = ["*", *self.captured] if self.captured else []
        head = f"def {self.name}({', '.join([*self.parameters, *keywords])}):"
        functions = ["\n".join([*wrapped(head, 0), *self.lines])]
        for name, (parameters, text) in self.functions.items():
            functions.append(f"def {name}({', '.join(parameters)}):\n{text}")
        functions += [self.helper_texts[name].strip("\n") for name in self.helpers]
        top = [f'"""{self.doc}"""', "\n".join(self._imports())] if self.doc else self._imports()
        return "\n\n".join(top) + "\n\n\n" + "\n\n\n".join(functions) + "\n"

    def _imports(self) -> list[str]:
        own = sorted(name for name in self.imports if name in ("math", "copy"))
        other = sorted(name for name in self.imports if name not in own)
        first = [f"import {name}" for name in own]
        return [*first, *([""] if own else []), self.header, *map("import {}".format, other)]

    def rename(self, new: Callable[[str], str]) -> None:
        """Change every line of code, not the comments."""
        self.lines = [line if line.lstrip().startswith("#") else new(line) for line in self.lines]
        self.functions = {
            name: (parameters, new(text)) for name, (parameters, text) in self.functions.items()
        }
        self.helper_texts = {name: new(text) for name, text in self.helper_texts.items()}
