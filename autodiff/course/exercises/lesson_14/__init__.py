"""Exercises of lesson 14, attention."""

from __future__ import annotations

from autodiff.course.exercises.choices import choice
from autodiff.course.exercises.lesson_14.attention import ATTENTION_VJP
from autodiff.course.exercises.lesson_14.masks import CAUSAL
from autodiff.course.exercises.lesson_14.softmax_rows import SOFTMAX_VJP

PAPER = choice(
    "14.4",
    "On paper: what comes back?",
    "a softmax hands back nothing for what all scores have in common",
    right=("c", 1),
    letters={
        "a": "The adjoints (5, 5, 5) say that every probability counts 5. Can all three grow at "
        "once, when they add up to 1?",
        "b": "(5, 5, 5) times the diagonal p (1 - p): what did the others of the row lose?",
        "d": "5 times p is one of two terms. What is the sum of ct p over the row, and what is "
        "taken off?",
    },
    reasons={
        2: "Is a probability of 0.5 saturated? Would another ct, say (5, 0, 0), come back as 0 "
        "too?",
        3: "The slope by a score is p (1 - p) for its own probability. Is that 0 for p = 0.5?",
        4: "The rule is p (ct - the sum of ct p). For ct = (5, 0, 0), is that 0 too?",
    },
    hints=(
        "Write the rule down: p_i (ct_i - the sum of ct_k p_k). What is the sum, when all ct are "
        "5?",
        "What would L be here? 5 times the sum of the probabilities. How much does it move?",
    ),
)

EXERCISES = (SOFTMAX_VJP, ATTENTION_VJP, CAUSAL, PAPER)
