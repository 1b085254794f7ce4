"""A small lesson with one real exercise, in a folder of its own."""

import pytest

from autodiff.course.lessons import Lesson

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


@pytest.fixture
def lesson(tmp_path):
    made = Lesson("03_small", tmp_path / "notebooks")
    made.source.parent.mkdir(parents=True)
    made.source.write_text(SOURCE)
    return made


@pytest.fixture
def change(lesson):
    def to(old, new):
        assert old in lesson.text
        lesson.source.write_text(lesson.text.replace(old, new))
        return Lesson(lesson.name, lesson.folder)

    return to
