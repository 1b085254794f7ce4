"""Lesson 8, training: a stable loss, an optimiser, a diagnosis, and weights that fit the depth."""

from autodiff.course.exercises.choices import choice
from autodiff.course.exercises.lesson_08.cross_entropy import CROSS_ENTROPY
from autodiff.course.exercises.lesson_08.diagnosis import DIAGNOSE
from autodiff.course.exercises.lesson_08.initial_weights import WEIGHT_STD
from autodiff.course.exercises.lesson_08.optimisers import MOMENTUM

PICTURE = choice(
    "8.5",
    "Read the picture",
    "a factor per layer is a slope in the picture, a factor once is a shift",
    right=("b", 2),
    letters={
        "a": "A is flat: by what does each layer multiply the adjoint there? And with weights "
        "twice as large?",
        "c": "Read from the right, where the sweep begins: does the adjoint of C grow or shrink on "
        "its way to the first layer?",
        "d": "D has the slope of A. If each layer multiplied by 2, would the curve still be flat?",
    },
    reasons={
        1: "Is curve B as steep as curve A? A shift leaves the slope as it is, does it not?",
        3: "An adjoint goes back through a product with W. What stands in the product?",
        4: "Does the curve that you chose rise or fall from the last layer to the first? And does "
        "a relu saturate?",
    },
    hints=(
        "The axis is logarithmic. What does a factor of 2 per layer look like there, and what a "
        "factor of 1000 for all?",
        "Section 5: weights of variance v in an n x n layer multiply the mean square by n v / 2. "
        "What is that for twice He's weights?",
    ),
)

EXERCISES = (CROSS_ENTROPY, MOMENTUM, DIAGNOSE, WEIGHT_STD, PICTURE)
