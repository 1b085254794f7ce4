# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1 · The chain rule on the lecture's network
#
# The slide "Backpropagation" shows a network with two hidden layers, and its derivatives:
#
# $$\mathbf{h}_1 = \sigma(W_1 \mathbf{x}) \qquad \mathbf{h}_2 = \sigma(W_2 \mathbf{h}_1) \qquad y = W_3 \mathbf{h}_2$$
#
# $$\frac{\partial y}{\partial W_1} = \frac{\partial y}{\partial \mathbf{h}_2} \, \frac{\partial \mathbf{h}_2}{\partial \mathbf{h}_1} \, \frac{\partial \mathbf{h}_1}{\partial W_1} \qquad \frac{\partial y}{\partial W_2} = \frac{\partial y}{\partial \mathbf{h}_2} \, \frac{\partial \mathbf{h}_2}{\partial W_2} \qquad \frac{dy}{dW_3}$$
#
# **What are the three factors of the first? How large is each, and which way round do they go?** The last one is
# the derivative of a *vector* by a *matrix*. In this notebook each becomes an array that you can
# print. Here is the network, with everything that we are going to compute by hand.
#
# After this notebook you can
#
# - **add** the paths from an input to an output (exercise 1.1),
# - **write** the Jacobian of a layer as a matrix (exercise 1.2),
# - **multiply** the factors of a gradient, and **argue** every transpose from the shapes
#   (exercise 1.3),
# - **say** why the product is computed from the left.
#
# *Time: 60 minutes, half of it for the exercises. Needed: lesson 0; matrix products in NumPy; the
# chain rule for functions of one variable.*

# %%
import numpy as np

import autodiff as ad
from autodiff.examples.tours import stops
from autodiff.view.charts.factors import plot_factors

sigmoid = ad.ops["sigmoid"]  # σ(z) = 1 / (1 + exp(-z)), entry by entry
W1 = np.array([[0.5, -1.0], [1.5, 0.5], [-0.5, 1.0]])
W2 = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, -1.0], [-1.0, 0.5, 1.5], [2.0, -0.5, 0.5]])
W3 = np.array([2.0, -1.0, 1.0, 0.5])
x = np.array([1.0, 2.0])


# %%
def network(W1, W2, W3, x):
    z1 = W1 @ x
    h1 = sigmoid(z1)
    z2 = W2 @ h1
    h2 = sigmoid(z2)
    y = W3 @ h2
    return y


ad.draw(network, W1, W2, W3, x)

# %% [markdown]
# ## 1 · Shapes first
#
# We split each layer in two steps: z1 = W1 x, then h1 = σ(z1). Here are all values of the network,
# with the names of the picture.
#
# (The slide writes ∂y/∂W1. The picture, and these lessons, write dy/dW1 for a derivative that goes
# through everything in between, and keep the round ∂ for one factor. They are the same numbers.)

# %%
z1 = W1 @ x
h1 = sigmoid(z1)
z2 = W2 @ h1
h2 = sigmoid(z2)
y = W3 @ h2
for name, value in {"x": x, "h1": h1, "h2": h2, "y": y}.items():
    print(f"{name:2}  shape {np.shape(value)!s:5}", np.round(value, 3))
assert (x.size, h1.size, h2.size, y.size) == (2, 3, 4, 1)

# %% [markdown]
# The sizes are 2, 3, 4, 1. All different, on purpose: a transpose in the wrong place cannot hide.
#
# The derivative of a vector by a vector is a matrix, the **Jacobian**: a **row** for each output, a
# **column** for each input.
#
# **Predict.** Which shapes have ∂y/∂h2 and ∂h2/∂h1? And ∂h1/∂W1, where h1 has 3 numbers and W1 has
# 6? Write the three shapes down.
#
# ## 2 · The first factor: ∂y/∂h2
#
# y = W3 h2 = 2·h2[0] - 1·h2[1] + 1·h2[2] + 0.5·h2[3].
#
# **Predict.** If h2[1] grows by 0.01, by how much does y change? So what is ∂y/∂h2?

# %%
dy_dh2 = W3
engine = ad.jacobian(lambda h2: W3 @ h2)(h2)
print("by hand:", dy_dh2, " engine:", engine)
assert np.array_equal(dy_dh2, engine)

# %% [markdown]
# **Explain.** The derivative of a linear step is its own matrix. It does not matter where you are:
# h2 does not occur in it. (NumPy writes our 1 × 4 matrix as a vector of 4 numbers, since y is a
# plain number.)
#
# ## 3 · The second factor: ∂h2/∂h1
#
# Between h1 and h2 lie two steps: z2 = W2 h1, and h2 = σ(z2). The first is linear, so ∂z2/∂h1 = W2.
# The second works entry by entry, and σ'(z) = σ(z) (1 - σ(z)).
#
# **Predict.** ∂h2/∂z2 has 4 rows and 4 columns. How many of its 16 numbers are not 0? Which?

# %%
dh2_dz2 = np.diag(h2 * (1 - h2))
print(np.round(dh2_dz2, 3))
assert np.allclose(dh2_dz2, ad.jacobian(sigmoid)(z2), rtol=1e-14)
assert np.count_nonzero(dh2_dz2) == 4

# %% [markdown]
# **Explain.** h2[0] depends on z2[0] and on no other entry of z2. So only the diagonal is left. The
# numbers on it are at most 1/4, wherever you are: σ is nowhere steeper than that.
#
# The chain rule for the two steps is a matrix product: (4 × 4) @ (4 × 3) is 4 × 3.

# %%
dh2_dh1 = dh2_dz2 @ W2
print(np.round(dh2_dh1, 3))
assert dh2_dh1.shape == (4, 3)
assert np.allclose(dh2_dh1, ad.jacobian(lambda h1: sigmoid(W2 @ h1))(h1), rtol=1e-14)
anywhere = sigmoid(np.linspace(-50, 50, 1001))
assert (anywhere * (1 - anywhere)).max() == 0.25

# %% [markdown]
# **Change one thing.** Write the product the other way round, `W2 @ dh2_dz2`. What stops you? Would
# it have stopped you if both layers had 4 units?
#
# ## 4 · The third factor: ∂h1/∂W1
#
# A vector by a matrix. There is no new idea in it, only a third axis: `dh1_dW1[i, j, k]` says how
# h1[i] changes with W1[j, k]. Its shape is that of h1, then that of W1: (3, 3, 2).
#
# **Predict.** How many of its 18 numbers are not 0? (Which entries of W1 does h1[0] depend on?)

# %%
dh1_dz1 = np.diag(h1 * (1 - h1))
dz1_dW1 = np.einsum("ij,k->ijk", np.eye(3), x)  # z1[i] = sum over k of W1[i, k] x[k]
dh1_dW1 = np.einsum("ia,ajk->ijk", dh1_dz1, dz1_dW1)
print("h1[0] by W1:\n", np.round(dh1_dW1[0], 3))
assert dh1_dW1.shape == (3, 3, 2)
assert np.count_nonzero(dh1_dW1) == 6
assert np.allclose(dh1_dW1, ad.jacobian(lambda W1: sigmoid(W1 @ x))(W1), rtol=1e-14)

# %% [markdown]
# **Explain.** h1[0] uses row 0 of W1, and no other row. So six of eighteen are left, two for each unit:
# the slope of σ, times x[0] and times x[1].
#
# ## 5 · The product
#
# To multiply matrices, lay the 6 entries of W1 in a row. Then the slide's product is
#
# (1 × 4) @ (4 × 3) @ (3 × 6) = (1 × 6)
#
# and the 6 numbers go back into the shape of W1. Neighbours must agree: 4 with 4, 3 with 3.

# %%
plot_factors({"∂y/∂h2": dy_dh2, "∂h2/∂h1": dh2_dh1, "∂h1/∂W1": dh1_dW1})

# %%
dy_dh1 = dy_dh2 @ dh2_dh1
dy_dW1 = (dy_dh1 @ dh1_dW1.reshape(3, 6)).reshape(3, 2)
print(np.round(dy_dW1, 4))
assert np.allclose(dy_dW1, ad.grad(network)(W1, W2, W3, x), rtol=1e-13)

# %% [markdown]
# That is `adjoint dy/dW1` in the first picture. (The adjoint of an input is also called a **gradient**:
# the gradient of y by W1.)
#
# **Predict.** Look at the number dy/dh1[0], the first one of ∂y/∂h2 @ ∂h2/∂h1. By how many ways
# does h1[0] reach y in the network? What does each way contribute?

# %%
ways = [dy_dh2[i] * dh2_dh1[i, 0] for i in range(4)]
print("through h2[0] .. h2[3]:", np.round(ways, 3))
print("their sum:", round(sum(ways), 4), "  dy/dh1[0]:", round(dy_dh1[0], 4))
assert np.isclose(sum(ways), dy_dh1[0])

# %% [markdown]
# **Explain.** Four ways, one through each unit of h2. Along a way the slopes are **multiplied**; the
# ways are **added**. Rows times columns do exactly this. *A matrix product is a sum over paths:*
#
# $$\frac{dy}{dh_1[j]} = \sum_i \frac{\partial y}{\partial h_2[i]} \, \frac{\partial h_2[i]}{\partial h_1[j]}$$
#
# ## 6 · Same product, other price
#
# Brackets do not change a matrix product: (A B) C = A (B C). They do change the work. A product of
# p × q and q × r takes p·q·r multiplications.
#
# **Predict.** Which is cheaper for our three factors: from the left, or from the right? By how much?
# And if the layers have 1000 units?


# %%
def multiplications(units_x, units_h1, units_h2):
    """For (1, h2) @ (h2, h1) @ (h1, W1): from the left, and from the right."""
    size_W1 = units_h1 * units_x
    left = 1 * units_h2 * units_h1 + 1 * units_h1 * size_W1
    right = units_h2 * units_h1 * size_W1 + 1 * units_h2 * size_W1
    return left, right


for sizes in [(2, 3, 4), (1000, 1000, 1000)]:
    left, right = multiplications(*sizes)
    print(sizes, f"from the left {left:,}, from the right {right:,}: {right / left:.1f} times")
assert multiplications(2, 3, 4) == (30, 96)
assert right == 1000 * left
A, B, C = dy_dh2, dh2_dh1, dh1_dW1.reshape(3, 6)
assert np.allclose((A @ B) @ C, A @ (B @ C), rtol=1e-13)

# %% [markdown]
# **Explain.** From the left there is always a *row vector* at work: y is one number, so the first
# factor has one row, and so has every product after it. From the right there are full matrices.
# With 1000 units the same numbers cost 1000 times as much.
#
# From the left, from the output back to the inputs, is called **reverse mode**; it is
# backpropagation. From the right, from the inputs on, is **forward mode**. Lessons 3 to 5 are
# about the two.
#
# ## 7 · Throw the zeros away
#
# The row vectors have names: they are the adjoints dy/dh2, dy/dz2, dy/dh1, dy/dz1. A product with a
# diagonal matrix is a product entry by entry. So two of the four steps need no matrix:

# %%
dy_dz2 = dy_dh2 * h2 * (1 - h2)  # (4,), entry by entry: no diagonal matrix
dy_dh1 = dy_dz2 @ W2  # (4,) @ (4, 3) is (3,)
dy_dz1 = dy_dh1 * h1 * (1 - h1)  # (3,)
print("dy/dz1:", np.round(dy_dz1, 4))

# %% [markdown]
# Last, ∂h1/∂W1 with its 12 zeros. You have dy/dz1 with 3 numbers and x with 2, and the gradient must
# have the shape of W1, which is (3, 2).
#
# **Predict.** `np.outer(dy_dz1, x)` or `np.outer(x, dy_dz1)`? And what will dy/dW2 be?

# %%
short_dW1 = np.outer(dy_dz1, x)  # (3, 2), like W1
dy_dW2 = np.outer(dy_dz2, h1)  # (4, 3), like W2
dy_dW3 = h2  # (4,), like W3
for name, gradient in {"W1": short_dW1, "W2": dy_dW2, "W3": dy_dW3}.items():
    print(f"dy/d{name} has shape {gradient.shape}")
assert np.allclose(short_dW1, dy_dW1, rtol=1e-13)
assert dy_dW2.shape == W2.shape

# %% [markdown]
# **Explain.** A gradient has the shape of what it belongs to: each weight gets one number. This
# settles every transpose here. Entry by entry, each weight gets the adjoint of the unit that it feeds,
# times the value that it weighs:
#
# $$\frac{dy}{dW_2[i,j]} = \frac{dy}{dz_2[i]} \, h_1[j] \qquad \frac{dy}{dW_1[i,j]} = \frac{dy}{dz_1[i]} \, x[j]$$
#
# `W2.T` appears if you write adjoints as columns: W2ᵀ dy/dz2 are the same numbers as dy/dz2 W2.
#
# It works because all sizes differ. **In a layer with as many inputs as units, the wrong transpose has
# the right shape**, and runs without a word. Then only a check with numbers helps.
#
# ## 8 · Three witnesses
#
# We have the gradients by hand. The engine has them too. The third witness knows no calculus: it moves
# one weight at a time by h = 0.00001, up and down, and runs the network again.


# %%
def by_differences(W, run, h=1e-5):
    """The slope of `run` along each entry of W, by central differences."""
    slopes = np.empty_like(W)
    for index in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[index] = h
        slopes[index] = (run(W + step) - run(W - step)) / (2 * h)
    return slopes


measured = [
    by_differences(W1, lambda W: network(W, W2, W3, x)),
    by_differences(W2, lambda W: network(W1, W, W3, x)),
    by_differences(W3, lambda W: network(W1, W2, W, x)),
]

# %%
engine = ad.grad(network, argnums=(0, 1, 2))(W1, W2, W3, x)
for name, hand, own, slopes in zip(
    ["W1", "W2", "W3"], [dy_dW1, dy_dW2, dy_dW3], engine, measured, strict=True
):
    assert np.allclose(hand, own, rtol=1e-13)
    assert np.allclose(hand, slopes, rtol=1e-8, atol=1e-10)
    print(f"dy/d{name}: hand and engine agree to 13 digits, differences to 8")

# %% [markdown]
# Why only 8 digits from the differences? Lesson 2 answers that.
#
# ## 9 · In the player
#
# On the arrows of the first picture stand the rules of section 7: `dy/dz2 @ W2`, and
# `h1 * (1 - h1)`. (`dy/dz1[:, None] * x` is NumPy for the outer product.) The player runs them: first
# the values, then from y back to W1. It comes with a guided tour of eight stops. Press *tour ▶* (or the
# key n) and compare what is said with your arrays.
#
# **Predict.** In which order do dy/dW1, dy/dW2 and dy/dW3 get their numbers?

# %%
ad.step(network, W1, W2, W3, x, sweeps=["forward", "reverse"], tour=stops("chain rule"))

# %% [markdown]
# **Explain.** The last layer comes first: dy/dW3, dy/dW2, dy/dW1, against the order in which the layers
# ran. Both dy/dW2 and dy/dW1 need dy/dz2. It is computed once, on the way.
#
# **Change one thing.** Make W1 ten times as large.
#
# **Predict.** Does dy/dW1 grow, stay, or shrink?

# %%
small, large = ad.grad(network)(W1, W2, W3, x), ad.grad(network)(10 * W1, W2, W3, x)
print("largest entry of dy/dW1:  ", f"{np.abs(small).max():.1e}")
print("with W1 ten times as large:", f"{np.abs(large).max():.1e}")
assert np.abs(large).max() < 1e-5 * np.abs(small).max()
assert np.allclose(10 * W1 @ x, [-15, 25, 15])
assert (sigmoid(10 * W1 @ x) * (1 - sigmoid(10 * W1 @ x))).max() < 1e-6

# %% [markdown]
# **Explain.** It all but vanishes. z1 becomes -15, 25 and 15. There σ is flat, so h1 (1 - h1) is nearly
# 0, and *every* path from W1 to y goes through it. One small factor ruins a whole product. Lesson 8
# meets this again as the vanishing gradient.
#
# ## Summary
#
# 1. Each factor of the chain rule is a Jacobian, with one row per output and one column per input; their
#    matrix product adds up all paths.
# 2. The product does not depend on the brackets, but the work does: for one output, go from the left.
# 3. A gradient has the shape of its array, which settles the transposes, except where shapes
#    coincide.
#
# **What breaks next.** We wrote down a Jacobian for each of five steps. A real program has thousands of
# steps, with loops and conditions. Lesson 2 lets the program write the list of its steps itself.
#
# ## Exercises
#
# ### 1.1 · Add the paths
#
# ```python
# a = x**2
# b = np.sin(a)
# c = np.exp(-a)
# y = b * c
# ```
#
# Write `slope(x)`: dy/dx, by hand, as a sum over the paths from x to y. Sketch the graph first, and
# write the local partial on each arrow. (`ad.paths` will show you the same, afterwards.)


# %%
def slope(x):
    ### BEGIN SOLUTION
    a = x**2
    b = np.sin(a)
    c = np.exp(-a)
    through_b = c * np.cos(a) * 2 * x
    through_c = b * -np.exp(-a) * 2 * x
    return through_b + through_c
    ### END SOLUTION


# %%
ad.course.check("1.1", slope)

# %% [markdown]
# ### 1.2 · A factor as a matrix
#
# Write `layer_jacobian(W, h)`: the Jacobian of σ(W h) by h, for a matrix W of shape (m, n) and a
# vector h of n numbers. NumPy only; `sigmoid` is allowed.


# %%
def layer_jacobian(W, h):
    ### BEGIN SOLUTION
    out = sigmoid(W @ h)
    return np.diag(out * (1 - out)) @ W
    ### END SOLUTION


# %%
ad.course.check("1.2", layer_jacobian)

# %% [markdown]
# ### 1.3 · The whole product
#
# Write `gradient_W1(W1, W2, W3, x)`: dy/dW1 for the lecture's network, for layers of any size,
# without building a matrix of zeros. NumPy and `sigmoid` only.


# %%
def gradient_W1(W1, W2, W3, x):
    ### BEGIN SOLUTION
    h1 = sigmoid(W1 @ x)
    h2 = sigmoid(W2 @ h1)
    dy_dz2 = W3 * h2 * (1 - h2)
    dy_dz1 = (dy_dz2 @ W2) * h1 * (1 - h1)
    return np.outer(dy_dz1, x)
    ### END SOLUTION


# %%
ad.course.check("1.3", gradient_W1)
