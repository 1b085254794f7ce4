"""A file of the user's as a module, of its text as it is now.

Python's own import takes the bytecode that it keeps beside a file where that is of the same second
and size as the text, so that a change from `3.0` to `4.0` a moment later would not be seen.

>>> import os, tempfile
>>> from pathlib import Path
>>> file = Path(tempfile.mkdtemp(), "model.py")
>>> for number in "34":
...     _ = file.write_text(f"RATE = {number}")
...     os.utime(file, (0, 0))
...     module_of(file).RATE
3
4
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def module_of(file: Path) -> ModuleType:
    """Run a file of Python and return what it defines, as a module that nobody can import.

    Raises `ImportError` for a file that is not called `.py`.
    """
    spec = spec_from_file_location(file.stem, file)
    if spec is None:
        raise ImportError(f"{file} is no .py file")
    module = module_from_spec(spec)
    exec(compile(file.read_bytes(), file, "exec", dont_inherit=True), vars(module))
    return module
