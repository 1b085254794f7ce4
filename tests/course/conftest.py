"""A small lesson with one real exercise, in a folder of its own."""

import shutil

import pytest

from autodiff.course.lessons.lesson import Lesson

SOURCE = '''
# %% [markdown]
# # 3 · A small lesson
#
# Time: 5 minutes.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np

import autodiff as ad


def f(x):
    y = x * np.sin(x)
    return y


ad.step(f, 2.0)

# %%
ad.draw(f, 2.0)

# %% alt="A line that rises from 0 to 1"
plt.plot([0, 1])
plt.show()

# %% tags=["volatile"]
print(time.time())

# %%
print(ad.grad(f)(2.0), object())

# %% [markdown]
# Write `directional(f, x, direction)`.

# %%
def directional(f, x, direction):
    """The derivative of f at x along a direction."""
    ### BEGIN SOLUTION
    return ad.jvp(f, (x,), (direction,))[1]
    ### END SOLUTION

# %%
ad.course.check("3.2", directional)

# %%
print("the end")
'''


def written(folder):
    made = Lesson("03_small", folder / "notebooks")
    made.source.parent.mkdir(parents=True)
    made.source.write_text(SOURCE)
    return made


@pytest.fixture
def lesson(tmp_path):
    return written(tmp_path)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    from autodiff.course.lessons import build

    folder = tmp_path_factory.mktemp("lessons")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "MPLBACKEND", "agg"
        )  # as on a server: the notebook has its figures all the same
        (made,) = build.build([written(folder)], say=lambda line: None)
    assert made.word == "written", made.problems
    return folder


@pytest.fixture
def built(built_once, tmp_path):
    """The lesson with its notebooks, in a copy of its own."""
    shutil.copytree(built_once, tmp_path, dirs_exist_ok=True)
    return Lesson("03_small", tmp_path / "notebooks")


@pytest.fixture
def change(lesson):
    def to(old, new):
        assert old in lesson.text
        lesson.source.write_text(lesson.text.replace(old, new))
        return Lesson(lesson.name, lesson.folder)

    return to
