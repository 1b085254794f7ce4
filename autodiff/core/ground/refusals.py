"""Why a plain value was asked of a traced one, and the sentence that says what to write instead.

NumPy and Python ask by `__array__`, `__float__` and their kin, which do not say for whom.  The
frames do: the one that asked, the packages through which it was called, and the user's line.  What
is found there is a key into the table `ground.sentences`.  Whoever refuses a call by name asks:

>>> print(refusal("float").splitlines()[0])  # doctest: +ELLIPSIS
float makes a plain number, which carries no derivative. Leave it out: ...

A look is never refused, since nothing can come back of it into the derivative: formatting by `%`,
and what is handed to Matplotlib or `np.testing` (`is_only_looked_at`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import FrameType
from typing import Any

from autodiff.core.ground.call_site import NO_CALL, CallSite, call_site
from autodiff.core.ground.locations import at, locate, user_frame, users
from autodiff.core.ground.refused_calls import (
    find_key,
    key_of_call,
    key_of_package,
    module_of,
    way_to_the_user,
)
from autodiff.core.ground.sentences import (
    BOUND,
    EAGER,
    LOOKS,
    NEVER_SERVED,
    ONLY_LOOK,
    SENTENCES,
    SERVED,
    SHOWN,
    WHY,
)
from autodiff.core.ground.whereabouts import KEPT, LOOKED_AT, destiny, is_call_of

LONG = 60
"""Longer pieces of source are not repeated."""


class Words(str):
    """A piece of the user's source; `{x:loc}` falls back on the keyword `loc`, then on its name."""

    keywords: Mapping[str, str] = {}

    def __format__(self, word: str) -> str:
        text = str(self) or self.keywords.get(word, "")
        return text if 0 < len(text) <= LONG else word


def refusal(key: str = "", frame: FrameType | None = None, asked: str = "np.asarray") -> str:
    """The message for a call that can't take a traced value.

    `key` is that of the call in `SENTENCES`; without one it is found from the `frame` that asked
    for a plain value, and `asked` says for what: "np.asarray", "float", "int", "complex", "a[i]".
    """
    inside, user = way_to_the_user(frame or user_frame(2))
    site = call_site(user) if user else NO_CALL
    if not key:
        key = key_of_package(inside) if inside else key_of_call(site, asked)
        if asked == "a[i]" and not key.startswith(("range", "random", "scipy", "pandas")):
            key = "a[i]"
        known = bool(inside) or key not in (asked, "a[i]")
    else:
        known = False
    if not known and site.names[-1:] != (key.rpartition(".")[2],):
        site = NO_CALL  # the user's line makes another call, which led to this one
    if key == "float" and user is not None and site is not NO_CALL:
        key = _of_a_number(user)
    message = f"{_shown(site, key)} {say(key, site)}" + _at(user)
    if user is not None:
        _latest.set((id(user), user.f_code, user.f_lasti, message))
    return message


_latest: ContextVar[tuple[int, Any, int, str]] = ContextVar("latest", default=(0, None, 0, ""))
"""The last refusal, and the user's call in which it was raised."""


def swallowed(error: BaseException) -> str:
    """The refusal that an error is a consequence of, or ''.

    Compiled code may lose an exception and go on (`scipy.optimize.brentq`, `fsolve`); what it
    raises in the end comes out of the same call of the user's.
    """
    link, (frame, code, offset, message) = error.__traceback__, _latest.get()
    while link is not None:
        if id(link.tb_frame) == frame and link.tb_frame.f_code is code and link.tb_lasti == offset:
            return message
        link = link.tb_next
    return ""


def say(key: str, site: CallSite = NO_CALL, inside: bool | None = None) -> str:
    """Why a call is refused, and what to write instead: the row of a key in the user's words.

    `inside` says whether a derivative is being taken; without it the task that runs tells.
    """
    inside = any(is_open() for is_open in being_taken) if inside is None else inside
    name = site.names[-1] if key == "np.generic" and site.names else key.rpartition(".")[2]
    words = {
        "x": (*site.arguments, "")[0],
        "y": (*site.arguments, "", "")[1],
        "args": ", ".join(_given(site)),
        "a": site.receiver,
        "p": "",
        "made": site.made,
        "instead": _filled_instead(site.made),
    }
    filled = {place: Words(text) for place, text in words.items()}
    for text in filled.values():
        text.keywords = site.keywords
    sentence = SENTENCES[find_key(_more_exactly(key, site, inside), SENTENCES)].format(
        name=name, **filled
    )
    return f"{WHY[find_key(key, WHY)]}. {_where_it_is_served(key, site, sentence, inside)}"


WITHOUT_EFFECT = ("check_finite", "overwrite_a", "overwrite_b", "overwrite_x", "workers")
"""Keywords of SciPy's that change no result, and that NumPy has not."""


def _given(site: CallSite) -> list[str]:
    """The arguments of a call, and its keywords, which the call to write instead takes too."""
    if not site.arguments:
        return []  # a keyword says which it is
    named = [f"{k}={v}" for k, v in site.keywords.items() if k not in WITHOUT_EFFECT]
    return [*site.arguments, *named]


def _of_a_number(user: FrameType) -> str:
    """The row for `float(x)`, by what becomes of the number."""
    fate, names = destiny(user)
    if fate == KEPT:
        return "float.kept"
    return "float.argument" if names and names[0] in ("np", "numpy", "math") else "float"


being_taken: list[Callable[[], bool]] = []
"""Who says whether a derivative is being taken: `core.inside`, where it is there."""


def _more_exactly(key: str, site: CallSite, inside: bool) -> str:
    """The row for a part of NumPy that is not public, and for the reasons that refuse a write."""
    if key.partition(".")[0] == "np" and site.names and site.names[-1].startswith("_"):
        return "np.private"
    if key != "a[i] = x":
        return key
    if not inside:
        return "a[i] = x.eager"
    dtype = getattr(site.owner, "dtype", None)
    if dtype is not None and dtype.kind not in "fc":
        return "a[i] = x.whole numbers"
    return "a[i] = x.made" if 0 < len(site.made) <= LONG else key


def _filled_instead(made: str) -> str:
    """What makes the same array as an expression does, and one that can be filled."""
    whole = re.fullmatch(r"([\w.\[\]]+)\.copy\(\)", made)
    if whole:
        return f"np.copy({whole[1]})"
    if re.match(r"np\.ndarray\(", made):
        return made.replace("np.ndarray(", "np.empty(", 1)
    return f"np.array({made})"


def _where_it_is_served(key: str, site: CallSite, sentence: str, inside: bool) -> str:
    """The sentence of a call that takes traced values elsewhere: it says where."""
    module, _, name = key.partition(".")
    if module not in SERVED or key.startswith(NEVER_SERVED):
        return sentence
    if not inside:
        return EAGER + sentence[0].lower() + sentence[1:]
    public = getattr(sys.modules["numpy" if module == "np" else module], name, None)
    called, by_another_name = site.function, site.names[-1:] != (name,)
    exchanged = called is getattr(public, "__wrapped__", None)
    if called is not None and (exchanged or (called is public and by_another_name)):
        return BOUND.format(module=module, name=name)
    return sentence


def told_by_python(key: str, error: BaseException) -> str:
    """The message for an error that Python raised about a traced value without asking it."""
    return f"{SHOWN.get(key, key)} {say(key, inside=True)}{at(error)}"


def _at(user: FrameType | None) -> str:
    return f"\n  at {locate(user.f_code, user.f_lasti)}" if user else ""


def is_only_looked_at(frame: FrameType, operators: bool = False) -> bool:
    """Whether the plain value that a frame asks for is only printed, drawn or compared.

    With `operators` it may be what the user's line computes first, as in `abs(a - b) < 0.1`.
    """
    if operators:
        user = users(frame)
        if user is not None and destiny(user)[0] == LOOKED_AT:
            return True
    if is_call_of(frame, int) or (is_call_of(frame, float) and destiny(frame)[0] == LOOKED_AT):
        return True
    site = call_site(frame)
    if site.operation == "%" or site.function in LOOKS:
        return True
    inside, _ = way_to_the_user(frame)
    return any(module_of(one).startswith(ONLY_LOOK) for one in inside)


def _shown(site: CallSite, key: str) -> str:
    """The call as the user wrote it; else as the documentation names it."""
    if site.operation == "call" and site.names:
        receiver = site.receiver if 0 < len(site.receiver) <= LONG else ".".join(site.names[:-1])
        return f"{receiver or 'A'}.{site.names[-1]}" if len(site.names) > 1 else site.names[0]
    if key in SHOWN:
        return SHOWN[key]
    package = key.partition(".")[0]
    if package in ("scipy", "pandas") and site.operation != "call":  # an operator of theirs
        return find_key(key, SENTENCES) or package
    return key
