"""Mistakes that others published: none passes, most are named, none as another; right ones pass."""

import contextlib
import io
import re
import warnings

import pytest
from mistakes_found import FOUND, RIGHT
from test_wrong_answers import answer_of

from autodiff.course import check

SHARE = 0.9


def report_on(number, source):
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return check(number, answer_of(source))


@pytest.fixture(scope="module")
def reports():
    return [(report_on(number, source), where, words) for number, where, source, words in FOUND]


def test_none_passes(reports):
    assert [where for report, where, _ in reports if report.passed] == []


def test_nine_of_ten_are_named(reports):
    unnamed = [w for report, w, _ in reports if not (report.misconception or report.relation)]
    assert len(unnamed) <= (1 - SHARE) * len(FOUND), unnamed


def test_none_is_named_as_something_else(reports):
    for report, where, words in reports:
        if report.misconception or report.relation:
            labels = ("question", "ask", "relation", "error", "and")
            told = [text for label, text in report.rows if label in labels]
            said = " ".join([report.misconception, report.relation, report.finding, *told])
            assert re.search(words, said, re.IGNORECASE), f"{where}\n{report}"


@pytest.mark.parametrize(("number", "where", "source"), RIGHT)
def test_what_was_called_wrong_and_is_right_passes(number, where, source):
    assert report_on(number, source).passed, where
