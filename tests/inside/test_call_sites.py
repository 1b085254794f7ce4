"""Which function a frame calls is read from instructions, whose order differs between Pythons."""

import dis
from types import SimpleNamespace

import pytest

from autodiff.core.ground.call_site import callee


def instructions(*rows):
    """Instructions of one line: name, argument, first and last column."""
    return [
        SimpleNamespace(opname=name, argval=value, positions=dis.Positions(1, 1, start, end))
        for name, value, start, end in rows
    ]


BY_KEYWORD = {
    "3.11": [
        ("LOAD_GLOBAL", "np", 0, 2), ("LOAD_ATTR", "random", 0, 9), ("LOAD_METHOD", "normal", 0, 16),
        ("LOAD_FAST", "x", 21, 22), ("KW_NAMES", ("loc",), 0, 23), ("PRECALL", 1, 0, 23),
        ("CALL", 1, 0, 23),
    ],
    "3.13": [
        ("LOAD_GLOBAL", "np", 0, 2), ("LOAD_ATTR", "random", 0, 9), ("LOAD_ATTR", "normal", 0, 16),
        ("LOAD_FAST", "x", 21, 22), ("LOAD_CONST", ("loc",), 0, 16), ("CALL_KW", 1, 0, 23),
    ],
}  # fmt: skip


@pytest.mark.parametrize("version", BY_KEYWORD)
def test_a_call_with_keywords(version):
    assert callee(instructions(*BY_KEYWORD[version])) == ("np", "random", "normal")


def test_a_method_of_a_text_is_no_variable_of_that_name():
    code = compile("'x'.join(y)", "<here>", "eval")
    done = list(dis.get_instructions(code))
    while "CALL" not in done[-1].opname:
        done.pop()
    assert callee(done) == ("", "join")
