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
# # 8 · Backpropagation and SGD: a small network learns to read
#
# **Below are handwritten digits, 64 grey values each. A network has 17,226 numbers that nobody set
# by hand, and it will read them. Who tells each of the 17,226 which way to move?** And when the
# network learns nothing, how do you see which part of it is ill?
#
# After this notebook you can
#
# - **derive** the gradient of a softmax cross-entropy, and compute it for huge logits
#   (exercise 8.1),
# - **train** a network with SGD, momentum, Adagrad and Adam, and write an update rule of your own
#   (exercise 8.2),
# - **diagnose** a network that does not learn, from its values and its adjoints (exercise 8.3),
# - **choose** initial weights so that a gradient survives the depth (exercise 8.4),
# - **train** on an engine of your own, made of what you wrote in lessons 3 to 6.
#
# *Time: 105 minutes, a third of it for the exercises. Needed: lesson 4 (the reverse sweep) and
# lesson 1 (the chain rule with matrices).*

# %%
import numpy as np

import autodiff as ad
from autodiff import nn
from autodiff.examples import digit_pictures, digits
from autodiff.nn import relu, sigmoid, softmax, softmax_cross_entropy
from autodiff.optim import Adagrad, Adam, GradientDescent, Momentum, cosine_decay
from autodiff.view.charts import plots

# %%
data = digits.load(np.random.default_rng(0))
x, labels = data.train
assert [len(own) for _, own in (data.train, data.validation, data.test)] == [1257, 270, 270]
digit_pictures.show_digits(x[:16], [str(label) for label in labels[:16]], "Image and label")

# %% [markdown]
# 1,797 images of 8 × 8 pixels, split in three: 1,257 to train on, 270 to choose by (validation),
# 270 to be judged by (test), which we look at once, at the end. (Section 4 splits them anew for each seed:
# what is a test image of one run is a training image of another, and never both in one run.)
#
# ## 1 · Forward: from pixels to one number
#
# The network is the lecture's, with relus for σ, with biases, and with ten outputs in place of one. And
# it takes a whole **batch**: one image is one *row* of x. So the products are written `x @ W1`, and not
# `W1 @ x`.
#
# | | | shape |
# | --- | --- | --- |
# | z1 = x W1 + b1, h1 = relu(z1) | first hidden layer | (N, 128) |
# | z2 = h1 W2 + b2, h2 = relu(z2) | second hidden layer | (N, 64) |
# | z = h2 W3 + b3 | logits: one score for each digit | (N, 10) |
# | L | cross-entropy | one number |
#
# relu(z) is z where z is above 0, and 0 elsewhere. Softmax makes ten probabilities of the ten logits of
# an image, and the loss is minus the logarithm of the one that the right digit got, in the mean over
# the N images:
#
# $$\mathrm{softmax}(z)_j = \frac{e^{z_j}}{\sum_k e^{z_k}} \qquad\qquad L = -\frac{1}{N} \sum_{i=1}^{N} \log \mathrm{softmax}(z_i)_{\mathrm{label}_i}$$


# %%
def initial(rng):
    return {
        "W1": rng.normal(size=(64, 128)) * np.sqrt(2 / 64),
        "b1": np.zeros(128),
        "W2": rng.normal(size=(128, 64)) * np.sqrt(2 / 128),
        "b2": np.zeros(64),
        "W3": rng.normal(size=(64, 10)) * np.sqrt(2 / 64),
        "b3": np.zeros(10),
    }


params = initial(np.random.default_rng(0))
print("numbers to learn:", sum(p.size for p in params.values()))
assert sum(p.size for p in params.values()) == 17226


# %%
def logits(params, x):
    h1 = relu(x @ params["W1"] + params["b1"])
    h2 = relu(h1 @ params["W2"] + params["b2"])
    z = h2 @ params["W3"] + params["b3"]
    return z


def loss(params, x, labels):
    z = logits(params, x)
    L = softmax_cross_entropy(z, labels)
    return L


# %% [markdown]
# **Predict.** Someone who knows nothing gives each digit the probability 1/10. What is the loss then?
# Will the untrained network be better or worse than that?

# %%
untrained = loss(params, x, labels)
print("knows nothing: log 10 =", np.log(10).round(3), "   untrained network:", untrained.round(3))
assert untrained > np.log(10)

# %% [markdown]
# **Explain.** Worse than knowing nothing. Random weights are not modest: they prefer some digits, for no
# reason, and pay for it. Remember the number 2.303. A loss that comes to rest *there* is a sign of illness.
#
# ## 2 · Backward: who is to blame?
#
# Every adjoint has the shape of what it belongs to: dL/dW1 is (64, 128), like W1. Go up the table,
# from L to x. At the loss, write the logarithm of the quotient out. Then there is little to derive:
#
# $$L = \frac{1}{N} \sum_i \Big( \log \sum_k e^{z_{ik}} - z_{i,\mathrm{label}_i} \Big) \qquad\Rightarrow\qquad \frac{dL}{dz} = \frac{1}{N} \big( \mathrm{softmax}(z) - \mathrm{onehot}(\mathrm{labels}) \big)$$
#
# where onehot(labels) is a matrix with a 1 in each row, at the label, and 0 elsewhere.
#
# **Predict.** What do the ten numbers of a row of dL/dz add up to?


# %%
def backward(params, x, labels):
    h1 = np.maximum(x @ params["W1"] + params["b1"], 0)
    h2 = np.maximum(h1 @ params["W2"] + params["b2"], 0)
    z = h2 @ params["W3"] + params["b3"]
    dL_dz = (softmax(z) - np.eye(10)[labels]) / len(labels)
    dL_dz2 = (dL_dz @ params["W3"].T) * (h2 > 0)
    dL_dz1 = (dL_dz2 @ params["W2"].T) * (h1 > 0)
    return {
        "W1": x.T @ dL_dz1, "b1": dL_dz1.sum(axis=0),
        "W2": h1.T @ dL_dz2, "b2": dL_dz2.sum(axis=0),
        "W3": h2.T @ dL_dz, "b3": dL_dz.sum(axis=0),
    }  # fmt: skip


# %%
by_hand = backward(params, x, labels)
by_engine = ad.grad(loss)(params, x, labels)
for name in params:
    print(name, by_engine[name].shape, np.allclose(by_hand[name], by_engine[name], rtol=1e-10))
    assert np.allclose(by_hand[name], by_engine[name], rtol=1e-10, atol=1e-15)
print("the ten numbers of dL/db3 add up to", by_engine["b3"].sum().round(12) + 0.0)
assert abs(by_engine["b3"].sum()) < 1e-12

# %% [markdown]
# **Explain.** Each row of dL/dz adds up to 0, so their sum dL/db3 does too: what one digit loses in
# probability, the others gain. And the rest is a dozen lines of algebra, or one call. Read three of the
# rules off the code, since they hold in every network:
#
# - through a **product** x W, the adjoint comes back times Wᵀ, and W gets xᵀ times it (with one image a
#   row, the x of lesson 1 stands on the other side);
# - a **bias** is added to every row, so its adjoint is the *sum* over the rows;
# - a **relu** lets the adjoint through where it was active, and stops it dead elsewhere.
#
# $$\frac{dL}{dz_2} = \frac{dL}{dz}\,W_3^T \odot [z_2 > 0] \qquad \frac{dL}{dW_3} = h_2^T\,\frac{dL}{dz} \qquad \frac{dL}{db_3} = \sum_i \frac{dL}{dz_i}$$
#
# ## 3 · SGD: a small step, many times
#
# Move every number a little against its gradient:
#
# $$p \leftarrow p - \mathrm{rate} \cdot \frac{dL}{dp}$$
#
# **Stochastic** gradient descent takes the gradient of 64 images drawn at random in place of all 1,257.
# It is a noisy gradient, and it is 20 times cheaper. Once through all images is an *epoch*.


# %%
def train(optimizer, params, x, labels, epochs, rng, moved=lambda x, rng: x):
    state, losses = optimizer.init(params), []
    step = ad.value_and_grad(loss)
    for _ in range(epochs):
        order, images, total = rng.permutation(len(labels)), moved(x, rng), 0.0
        for start in range(0, len(labels), 64):
            batch = order[start : start + 64]
            L, gradient = step(params, images[batch], labels[batch])
            params, state = optimizer.update(params, gradient, state)
            total += L * len(batch)
        losses.append(float(total / len(labels)))
    return params, losses


# %%
def accuracy(params, x, labels):
    return np.mean(logits(params, x).argmax(axis=1) == labels)


# %% [markdown]
# `update` is the whole optimiser: parameters, gradient and state in, parameters and state out.
# Four of them, g being the gradient:
#
# | | update of a parameter p | what it remembers |
# | --- | --- | --- |
# | SGD | p - rate · g | nothing |
# | Momentum | m = 0.9 m + g; p - rate · m | a running sum of gradients |
# | Adagrad | s = s + g²; p - rate · g / √s | how much each p was pushed so far |
# | Adam | m = 0.9 m + 0.1 g, s = 0.999 s + 0.001 g²; p - rate · m′ / √s′ | both, forgetting the old |
#
# In Adam m and s begin at 0, and at step t they hold only a share of the weights that a mean needs, so each is
# divided by its share: m′ = m / (1 - 0.9ᵗ) and s′ = s / (1 - 0.999ᵗ). (Kingma and Ba, 2015, who call it
# bias correction. Without it the first step would be 0.1 / √0.001, about three times the rate.)
#
# **Predict.** How far does a parameter move in the *first* step of Adam, for a gradient of 5 and for one of
# 0.0005? Which of the four is ahead after the first epoch? Which one after 20?

# %%
start, slopes = {"p": np.zeros(2)}, {"p": np.array([5.0, 0.0005])}
for rule in (Adam(0.003), Adagrad(0.02)):
    moved, _ = rule.update(start, slopes, rule.init(start))
    print(f"first step of {type(rule).__name__}:", moved["p"].round(6))
    assert np.allclose(moved["p"], -rule.learning_rate, rtol=1e-3)
assert 3 < 0.1 / np.sqrt(0.001) < 3.3

# %%
rules = {
    "SGD": GradientDescent(0.1),
    "Momentum": Momentum(0.02),
    "Adagrad": Adagrad(0.02),
    "Adam": Adam(0.003),
}
runs = {
    name: train(rule, params, x, labels, 20, np.random.default_rng(1))
    for name, rule in rules.items()
}
chart = plots.plot_losses({name: losses for name, (_, losses) in runs.items()})
chart.axes[0].set_xlabel("epoch")
chart

# %%
for name, (found, losses) in runs.items():
    print(f"{name:10}loss {losses[0]:.2f} ... {losses[-1]:.3f}", end="   ")
    print(f"validation {accuracy(found, *data.validation):.1%}")
assert min(runs, key=lambda name: runs[name][1][0]) == "Adagrad"
assert max(runs, key=lambda name: runs[name][1][-1]) == "SGD"
judged = [accuracy(found, *data.validation) for found, _ in runs.values()]
assert max(judged) - min(judged) < 0.03

# %% [markdown]
# **Explain.** Adagrad starts like a hare: at its first step s = g², so *every* parameter moves by the full rate,
# however small its gradient. (So does Adam, with a smaller rate here.) Then s only grows, and it tires. Plain SGD comes last, and yet look at
# the last column: on images that were not trained on, the four are a few images apart. The loss on
# the training set is not what you are paid for.
#
# **Change one thing.** Give SGD a rate of 0.02, then 0.5. Which is worse?
#
# ## 4 · To 97 % and beyond
#
# Three changes, none of them in the backward pass. Each image is moved by up to a pixel in each
# epoch, so that the network sees more than it has; the rate falls to 0 along a cosine; and now that
# all is chosen, the validation images are trained on too.
#
# **Predict.** Will the test accuracy be 97, 98, 99 %? And by how much will it differ between three seeds, that
# is, three splits and three initialisations?


# %%
def final(seed):
    data = digits.load(np.random.default_rng(seed))
    x, labels = (np.concatenate(parts) for parts in zip(data.train, data.validation, strict=True))
    rng, epochs = np.random.default_rng(seed), 40
    rule = Adam(cosine_decay(0.003, epochs * (len(labels) // 64 + 1)))
    params, losses = train(rule, initial(rng), x, labels, epochs, rng, digits.jittered)
    return params, losses, data.test


finals = [final(seed) for seed in range(3)]
tested = [accuracy(params, *test) for params, _, test in finals]
print("test accuracy, three seeds:", [f"{share:.1%}" for share in tested])
assert min(tested) > 0.97

# %% [markdown]
# **Explain.** Three times above 97 %. One number would have told you little: with 270 test images, one image is
# 0.4 %.
#
# Which ones are wrong? A **confusion matrix** counts how often label i was read as j.

# %%
best, losses, (test_x, test_labels) = finals[0]
read = logits(best, test_x).argmax(axis=1)
counts = digit_pictures.confusion(test_labels, read)
print("right:", np.trace(counts), "of", counts.sum())
digit_pictures.plot_confusion(counts)

# %%
wrong = np.flatnonzero(read != test_labels)
titles = [f"{read[k]}, is {test_labels[k]}" for k in wrong]
digit_pictures.show_digits(test_x[wrong], titles, "Misread, all of them")

# %% [markdown]
# **Predict.** Before you laugh: cover the titles and read them yourself.
#
# ## 5 · Why deep networks were hard: the flow through depth
#
# Ten layers of 64 units, and no training at all: one batch, one loss, one reverse sweep. For each
# layer we look at the size (root mean square) of its value h and of its adjoint dL/dh. Two
# activations, three ways to draw the initial weights.


# %%
def deep(activation, std, depth=10, seed=0):
    rng = np.random.default_rng(seed)
    h, layers = x[:64], []
    for _ in range(depth):
        W = ad.Tensor(std * rng.normal(size=(64, 64)))
        h = activation(h @ W)
        layers.append(h)
    z = h @ (std * rng.normal(size=(64, 10)))
    L = softmax_cross_entropy(z, labels[:64])
    L.backward(keep=True)
    return layers


def size(array):
    return float(np.sqrt(np.mean(np.square(array))))


# %% [markdown]
# **Predict.** First only the values. With sigmoids and small weights, do the numbers h look healthy in
# layer 10? And the adjoints?

# %%
small, glorot, he = 0.01, np.sqrt(1 / 64), np.sqrt(2 / 64)
layers = deep(sigmoid, small)
print("size of h,     layers 1, 4, 7, 10:", [round(size(h.data), 3) for h in layers[::3]])
print("size of dL/dh, layers 1, 4, 7, 10:", [f"{size(h.grad):.0e}" for h in layers[::3]])
assert all(0.4 < size(h.data) < 0.6 for h in layers)
assert size(layers[0].grad) < 1e-14 * size(layers[-1].grad)

# %% [markdown]
# **Explain.** Every value is a comfortable 0.5, in every layer. And the adjoint of the first layer is 10¹⁵
# times smaller than that of the last. **The size of the values tells you nothing about the flow of the
# gradient.**
#
# Do the values know nothing, then? Ask them another question: how much does h differ *from image to
# image*?
#
# **Predict.** In layer 1 it differs by 0.005. By how much in layer 10?


# %%
def spread(h):
    """How much h differs from image to image."""
    return size(h - h.mean(axis=0))


print("spread of h,   layers 1, 4, 7, 10:", [f"{spread(h.data):.0e}" for h in layers[::3]])
falls = [spread(layers[k].data) / spread(layers[k - 1].data) for k in range(1, 7)]
flows = [size(layers[k - 1].grad) / size(layers[k].grad) for k in range(1, 7)]
print("from layer to layer the spread is multiplied by", [f"{own:.3f}" for own in falls])
print("and the adjoint, the other way round, by       ", [f"{own:.3f}" for own in flows])
assert np.allclose(falls, flows, rtol=0.35)
assert np.ptp(layers[-1].data, axis=0).max() < 5e-16 < 1e-3 < spread(layers[0].data)

# %% [markdown]
# **Explain.** Here is the surprise of this lesson. In layer 10 all 64 images have the *same* h, to
# 15 digits: the network no longer knows what it was shown. And it forgets at the rate at which the gradient
# fades, a factor of about 50 per layer in both directions. That is no accident. A small difference between two
# images goes forward as J₁₀ ··· J₂ J₁ · difference, an adjoint goes back as adjoint · J₁₀ ··· J₂ J₁.
# **It is one product of Jacobians, read from its two ends.** What can't get through forward can't be
# blamed backward.
#
# So an average or a histogram of *all* values hides the illness; the spread from image to image shows it, and
# so do the adjoints. The adjoints also see what comes after: the loss.
#
# Now all six.
#
# **Predict.** Which one of the six curves is flat?

# %%
ways = {"std 0.01": small, "std √(1/n)": glorot, "std √(2/n)": he}
sizes = {
    f"{activation.__name__}, {name}": [size(h.grad) for h in deep(activation, std)]
    for activation in (sigmoid, relu)
    for name, std in ways.items()
}
ratio = {name: own[0] / own[-1] for name, own in sizes.items()}
assert all(ratio[f"sigmoid, {name}"] < 1e-3 for name in ways)
assert ratio["relu, std 0.01"] < 1e-8
assert 1e-3 < ratio["relu, std √(1/n)"] < 0.2
assert 0.1 < ratio["relu, std √(2/n)"] < 10
digit_pictures.plot_layers(sizes, "size of dL/dh")

# %% [markdown]
# **Explain.** One. The reasons fit on a napkin. A layer multiplies the adjoint by its activation's slope and by
# Wᵀ.
#
# - The slope of a **sigmoid** is σ(1 - σ), which is at most ¼. Ten of them multiply to 4⁻¹⁰ ≈ 10⁻⁶ at most.
# - The slope of a **relu** is 1 or 0, about half of each. That halves the mean *square*.
# - A product with n × n weights of variance v multiplies the mean square by n·v. To make up for the
#   half, n·v = 2. Without activation it would be n·v = 1.
#
# $$v = \frac{2}{n} \quad\text{for a relu (He et al., 2015)} \qquad\qquad v = \frac{1}{n} \quad\text{without}$$
#
# In a layer that is not square there are two n. On the way forward each result is a sum over n_in inputs, on
# the way back each adjoint is a sum over n_out results. No v suits both, so Glorot and Bengio (2010) take
# the mean of the two, v = 2 / (n_in + n_out); He et al. take n_in. For our square layers all this is one n. The
# toolkit has both, as `nn.glorot_normal` and `nn.he_normal`.

# %%
assert sigmoid(0.0) * (1 - sigmoid(0.0)) == 0.25
assert 4.0**-10 < 1e-6
assert all(0.35 < np.mean(h.data > 0) < 0.65 for h in deep(relu, he))
rng = np.random.default_rng(0)
for n_in, n_out in ((64, 64), (64, 256)):
    assert np.isclose(nn.he_normal(rng, (n_in, n_out)).var(), 2 / n_in, rtol=0.05)
    assert np.isclose(nn.glorot_normal(rng, (n_in, n_out)).var(), 2 / (n_in + n_out), rtol=0.05)

# %% [markdown]
# ## 6 · Two patients
#
# **Patient A** is our network, trained by SGD with one thing changed: the rate is 4, where it was
# 0.1. After 40 steps the loss is no longer moving.

# %%
ill, rng = initial(np.random.default_rng(0)), np.random.default_rng(0)
for _ in range(40):
    batch = rng.integers(len(labels), size=64)
    gradient = ad.grad(loss)(ill, x[batch], labels[batch])
    ill = {name: ill[name] - 4.0 * gradient[name] for name in ill}
print("loss:", loss(ill, x, labels).round(2))
assert 2.2 < loss(ill, x, labels) < 3.0

# %% [markdown]
# About 2.3. You were told to remember that number.
#
# **Predict.** What will the picture of the gradient flow show? Which parameters still get a gradient?

# %%
picture = ad.draw(loss, ill, x[:64], labels[:64], flow=True, argnums=0)
assert "dead" in picture.graph.notes[0]
left = ad.grad(loss)(ill, x[:64], labels[:64])
assert [name for name in left if np.any(left[name])] == ["b3"]
picture

# %% [markdown]
# **Explain.** Read it from the bottom. A gradient arrives at b3 and at h2. Above h2 every edge is dashed: *exactly
# 0*. The large steps have pushed the units of h2 so far down that none is active for any image;
# h2 is 0, so W3 gets nothing; and nothing flows back through a relu that is never active, so nothing
# can bring it up again. **The network is dead, and no patience will wake it.** What is left to learn
# is b3, how frequent each digit is: hence 2.3.
#
# **Patient B** has six layers of relus, and weights with std 1. Each layer is a group in the
# picture.
#
# **Predict.** With n = 64 units in a layer, by how much does each layer multiply the gradient?


# %%
def patient_b(weights, x, labels):
    h = x
    for k, W in enumerate(weights[:-1], 1):
        with ad.scope(f"layer{k}"):
            h = relu(h @ W)
    z = h @ weights[-1]
    L = softmax_cross_entropy(z, labels)
    return L


# %%
rng = np.random.default_rng(0)
weights = [rng.normal(size=(64, m)) for m in (64, 64, 64, 64, 64, 64, 10)]
picture = ad.draw(
    patient_b, weights, x[:64], labels[:64], flow=True, argnums=0, collapse=True, constants="none"
)
picture

# %% [markdown]
# **Explain.** Follow the edges between the groups from the bottom to the top: each number is about
# √(64/2) ≈ 5.7 times the one below it, which is n·v = 64, halved by the relu. The sentence above the
# picture multiplies it up. **The gradient explodes**: with any useful rate the first step throws the
# weights out of the room.

# %%
found = [size(h.grad) for h in deep(relu, std=1.0)]
each = (found[0] / found[-1]) ** (1 / (len(found) - 1))
assert "grows" in picture.graph.notes[0]
print(
    "one layer multiplies the adjoint by", round(each, 1), "  √(64/2) =", round(np.sqrt(64 / 2), 1)
)
assert 5 < each < 6.5

# %% [markdown]
#
# **Change one thing.** Multiply the weights by √(2/64), and draw again.
#
# ## 7 · The same, on your own engine
#
# In lessons 3 to 6 you wrote a dual number, a graph, an order, a sweep and three rules. These are the parts
# of an engine. The next cell looks for them in the notebooks of this folder (save those first), tries each
# one, and writes what is right into a file of yours, `my_autodiff.py`. Where a part is missing or not
# right yet, the toolkit's stands in its place, and the table says so.

# %%
ad.course.collect()

# %% [markdown]
# What does it take to train the digits on these parts? Your sweep computes
# `row.adjoint * partial`, for numbers.
#
# **Predict.** In x W the adjoint is a matrix, and what has to come back is ct Wᵀ. What must the
# "partial" of a matrix product be, so that no letter of your sweep has to change?

# %%
import my_autodiff as my


class LinearMap:
    """A partial that is a whole linear map: an adjoint times it is its vjp."""

    __array_ufunc__ = None  # so NumPy leaves `array * map` to this class

    def __init__(self, vjp):
        self.vjp = vjp

    def __rmul__(self, adjoint):
        return self.vjp(adjoint)

    __mul__ = __rmul__


# %%
def write(value, parents=(), partials=()):
    node = my.Node(value)
    node.parents, node.partials, node.adjoint = parents, partials, None
    return node


def product(x, W):
    def back(k):
        return LinearMap(lambda ct: my.vjp_matmul(ct, x.value, W.value)[k])

    return write(x.value @ W.value, (x, W), (back(0), back(1)))


# %% [markdown]
# **Explain.** A thing that knows what `adjoint * it` means, as `2 * x` meant something for your dual number.
# (`__rmul__` again.) The local partial of an operation on arrays *is* a linear map; a number is the
# smallest one.
#
# Three more operations. A bias b is added to every row, which is 1 · b with broadcasting, so your rule of
# the product serves. The activation is the swish of exercise 6.2, with b = 1. The loss brings its
# gradient along, from section 2.


# %%
def plus(z, b):
    ones = np.ones_like(z.value)
    back = LinearMap(lambda ct: my.vjp_multiply(ct, ones, b.value)[1])
    return write(z.value + b.value, (z, b), (1.0, back))


def swish(z):
    ans = z.value / (1 + np.exp(-z.value))
    return write(ans, (z,), (my.swish_partials(ans, z.value, 1.0)[0],))


def cross_entropy_of(z, labels):
    L = softmax_cross_entropy(z.value, labels)
    return write(L, (z,), ((softmax(z.value) - np.eye(10)[labels]) / len(labels),))


# %%
def my_gradient(params, x, labels):
    own = {name: write(value) for name, value in params.items()}
    h = swish(plus(product(write(x), own["W1"]), own["b1"]))
    z = plus(product(h, own["W3"]), own["b3"])
    L = cross_entropy_of(z, labels)
    my.sweep(my.order(L))
    return {name: node.adjoint for name, node in own.items()}


def shallow(params, x):
    z1 = x @ params["W1"] + params["b1"]
    return z1 / (1 + np.exp(-z1)) @ params["W3"] + params["b3"]


# %% [markdown]
# That is all: the order of exercise 4.2 in place of a tape, the sweep of 4.3, the rules of 5.2, 5.3 and
# 6.2. Two witnesses before we trust it. Your dual number knows the slope of swish without your
# rule; and the toolkit knows the whole gradient.
#
# **Predict.** To how many digits will each agree?

# %%
rng = np.random.default_rng(0)
mine = {"W1": rng.normal(size=(64, 64)) * np.sqrt(2 / 64), "b1": np.zeros(64)}
mine |= {"W3": rng.normal(size=(64, 10)) * np.sqrt(2 / 64), "b3": np.zeros(10)}
z = my.MyDual(np.linspace(-5, 5, 101), np.ones(101))
by_dual = (z / (1 + np.exp(z * -1.0))).tangent
by_rule = swish(write(z.primal)).partials[0]
print("dual number and rule agree to 12 digits:", np.allclose(by_dual, by_rule, rtol=1e-12))
assert np.allclose(by_dual, by_rule, rtol=1e-12, atol=1e-15)

# %%
gradient = my_gradient(mine, x, labels)
expected = ad.grad(lambda p: softmax_cross_entropy(shallow(p, x), labels))(mine)
for name in mine:
    agree = np.allclose(gradient[name], expected[name], rtol=1e-10, atol=1e-15)
    print(f"dL/d{name}, engine and toolkit agree to 10 digits: {agree}")
    assert agree

# %%
rule, rng = Momentum(0.05), np.random.default_rng(1)
state = rule.init(mine)
for _ in range(20):
    order = rng.permutation(len(labels))
    for start in range(0, len(labels), 64):
        batch = order[start : start + 64]
        gradient = my_gradient(mine, x[batch], labels[batch])
        mine, state = rule.update(mine, gradient, state)
held, held_labels = data.validation
reads = np.mean(shallow(mine, held).argmax(axis=1) == held_labels)
print(f"validation, on an engine of one's own: {reads:.1%}")
assert reads > 0.95

# %% [markdown]
# **Explain.** More than 95 of 100 digits, and the gradient is the toolkit's to the last digits. What
# the toolkit has beyond yours is *more rules* and better manners, and not another idea.
#
# **Change one thing.** Write `=` for `+=` in your sweep of lesson 4, save, and collect again. What does
# the table say? (And which gradient of this network would be wrong? Is there a node with two users?)
#
# ## Summary
#
# 1. Backpropagation is the reverse sweep on a batch: products come back transposed, biases are summed
#    over rows, relus let through or stop.
# 2. An optimiser is a rule of one line that sees nothing but the gradient, so what it can't do is mend a
#    gradient that never arrives.
# 3. When a network does not learn, look at its adjoints, layer by layer, and at how its values differ from
#    image to image; the size of the values alone tells nothing.
#
# **What breaks next.** A gradient can also be *wrong*, with all its sizes in order. No picture of
# sizes shows that. Lesson 9 catches it.
#
# ## Exercises
#
# ### 8.1 · Softmax cross-entropy that does not overflow
#
# Write `cross_entropy(z, labels)`: the pair (L, dL/dz) for logits z (N, C) and integer labels (N,),
# L the *mean* over the N rows of -log softmax(z)[label]. In plain NumPy, without the engine. The
# check also tries logits like 1000 and -1000.


# %%
def cross_entropy(z, labels):
    ### BEGIN SOLUTION
    rows = np.arange(len(labels))
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, labels] -= 1
    return -np.mean(log_p[rows, labels]), dz / len(labels)
    ### END SOLUTION


# %%
ad.course.check("8.1", cross_entropy)

# %% [markdown]
# ### 8.2 · An optimiser of your own
#
# Write one step of momentum: `momentum_step(p, g, m, rate, keep)` returns the new p and the new m.
# First m becomes keep · m + g, then p moves by rate times the *new* m, downhill. The check makes
# several steps in a row, with p, g and m arrays.


# %%
def momentum_step(p, g, m, rate, keep):
    ### BEGIN SOLUTION
    m = keep * m + g
    return p - rate * m, m
    ### END SOLUTION


# %%
ad.course.check("8.2", momentum_step)

# %% [markdown]
# ### 8.3 · What is wrong with this network?
#
# Write `diagnose(values, adjoints)`: two lists with an array (N, units) for each hidden layer, from
# the first to the last. Return one word, the first that applies:
#
# - `"not finite"`: some value or adjoint is NaN or infinite;
# - `"dead"`: in some layer *every* value is 0, for all images and units;
# - `"vanishing"`: the size of the first layer's adjoint is below 1/1000 of the last layer's;
# - `"exploding"`: it is above 1000 times the last layer's;
# - `"healthy"`.
#
# The size is the root mean square, as in section 5.


# %%
def diagnose(values, adjoints):
    ### BEGIN SOLUTION
    if not all(np.isfinite(array).all() for array in [*values, *adjoints]):
        return "not finite"
    if any(np.all(h == 0) for h in values):
        return "dead"
    first, last = (np.sqrt(np.mean(adjoints[k] ** 2)) for k in (0, -1))
    if first < last / 1000:
        return "vanishing"
    return "exploding" if first > 1000 * last else "healthy"
    ### END SOLUTION


# %%
ad.course.check("8.3", diagnose)

# %% [markdown]
# ### 8.4 · Weights that let a gradient through
#
# Write `weight_std(n, slope)`: the standard deviation of the weights of an n × n layer, such that
# the size of the adjoint stays the same from layer to layer, for a *leaky relu*: slope 1 above 0,
# and slope `slope` below (for half of the units each). A relu has slope 0. The check builds a
# network of 16 layers with your weights, and measures by how much each layer multiplies the adjoint.


# %%
def weight_std(n, slope):
    ### BEGIN SOLUTION
    return np.sqrt(2 / (n * (1 + slope**2)))
    ### END SOLUTION


# %%
ad.course.check("8.4", weight_std)

# %% [markdown]
# ### 8.5 · Read the picture
#
# Four networks of section 5, with ten layers of relus. In one of them the weights have He's standard deviation, in one
# they are twice as large as that, in one half as large. In one they are He's, and the loss counts 1000 times as much.


# %%
he_sizes = [size(h.grad) for h in deep(relu, he)]
curves = {
    "A": he_sizes,
    "B": [size(h.grad) for h in deep(relu, 2 * he)],
    "C": [size(h.grad) for h in deep(relu, he / 2)],
    "D": [1000 * own for own in he_sizes],
}
digit_pictures.plot_layers(curves, "size of dL/dh")

# %% [markdown]
# *Which curve belongs to the weights that are twice as large?* Return its letter, and the number of the reason:
#
# - **1** All adjoints are twice as large, so the whole curve is moved up.
# - **2** Each layer doubles the adjoint, so over nine layers it grows 2⁹ = 512 times.
# - **3** Weights make the values larger, and leave the adjoints as they are.
# - **4** Larger values saturate the units, so each layer halves the adjoint.


# %%
def answer():
    ### BEGIN SOLUTION
    return "b", 2
    ### END SOLUTION


# %%
ad.course.check("8.5", answer)
