"""The figures of the README and the lectures, each by a function without arguments.

Run `python -m autodiff.view.figures` to write them, with `--check` to see whether one is stale.
"""

import numpy as np

import autodiff as ad
from autodiff import nn, ops
from autodiff.examples import cartpole, digit_pictures, networks
from autodiff.frontends import tensorflow as tf
from autodiff.frontends import theano
from autodiff.view import compare, draw, paths
from autodiff.view.charts import maps, plots
from autodiff.view.charts.factors import plot_factors

relu, sigmoid = ops["relu"], ops["sigmoid"]


def neuron(x1, x2, w1, w2, b):
    """One neuron and its squared error."""
    z = w1 * x1 + w2 * x2 + b
    h = np.tanh(z)
    L = (h - 1) ** 2
    return L


NEURON = (2.0, 0.5, -3.0, 1.0, 6.0)


def first_picture(x):
    """Four lines of a program, for the first lesson."""
    a = x * x
    b = np.sin(x)
    c = 3 * b
    y = a + c
    return y


def lecture_network():
    """The lecture's network with 2 inputs, 3 and 4 units, small enough to read every number."""
    W1 = np.array([[0.5, -1.0], [1.5, 0.5], [-0.5, 1.0]])
    W2 = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, -1.0], [-1.0, 0.5, 1.5], [2.0, -0.5, 0.5]])
    W3 = np.array([2.0, -1.0, 1.0, 0.5])
    return draw(networks.lecture, W1, W2, W3, np.array([1.0, 2.0]))


def transformer_block():
    """A transformer block, with the functions inside it as one box each."""
    return networks.drawn("transformer", depth=1)


def lstm_cell():
    """One step of an LSTM: four slices of one product, and where each adjoint goes back."""
    return networks.drawn("lstm_cell")


def lecture_factors():
    """The slide's product of three factors for dy/dW1, with 2 inputs, 3 and 4 units."""
    W1 = np.array([[0.5, -1.0], [1.5, 0.5], [-0.5, 1.0]])
    W2 = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, -1.0], [-1.0, 0.5, 1.5], [2.0, -0.5, 0.5]])
    W3, x = np.array([2.0, -1.0, 1.0, 0.5]), np.array([1.0, 2.0])
    h1 = sigmoid(W1 @ x)
    dh2_dh1 = ad.jacobian(lambda h1: sigmoid(W2 @ h1))(h1)
    dh1_dW1 = ad.jacobian(lambda W1: sigmoid(W1 @ x))(W1)
    return plot_factors({"∂y/∂h2": W3, "∂h2/∂h1": dh2_dh1, "∂h1/∂W1": dh1_dW1})


def two_inputs(x1, x2):
    """The standard example of the surveys: log(x1) + x1 x2 - sin(x2)."""
    a = np.log(x1)
    b = x1 * x2
    c = np.sin(x2)
    y = a + b - c
    return y


def diamond(x):
    """Two ways from x to y, which add up."""
    a = x * x
    b = np.sin(x)
    y = a * b
    return y


def shared(x, w):
    """Lesson 4's function: a and w are used twice."""
    a = x * w
    b = a + w
    y = a * b
    return y


def polar(p):
    """Lesson 3's function: polar coordinates to a point of the plane."""
    r, angle = p
    return np.stack([r * np.cos(angle), r * np.sin(angle)])


def deep(activation, weights, x):
    """Eight layers of the same activation."""
    h = x
    for i, W in enumerate(weights):
        with ad.scope(f"layer{i + 1}"):
            z = W @ h
            h = activation(z)
    L = np.sum(h**2)
    return L


def sigmoid_net(weights, x):
    """The deep network with sigmoids."""
    return deep(sigmoid, weights, x)


def relu_net(weights, x):
    """Its twin with relus."""
    return deep(relu, weights, x)


def initial(depth=6, size=16):
    """Random weights with variance 2 / size, and an input."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(size, size)) * np.sqrt(2 / size) for _ in range(depth)]
    return weights, rng.normal(size=size)


def moons(count=200):
    """Two half circles, interleaved, with a little noise."""
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, np.pi, count)
    labels = np.arange(count) % 2
    x = np.where(labels, 1 - np.cos(angle), np.cos(angle))
    y = np.where(labels, 0.5 - np.sin(angle), np.sin(angle))
    return np.stack([x, y], axis=1) + rng.normal(scale=0.08, size=(count, 2)), labels


def scores(p, points):
    """A network of two tanh layers, one score a point."""
    h = np.tanh(points @ p["W1"] + p["b1"])
    return (np.tanh(h @ p["W2"] + p["b2"]) @ p["w3"])[:, None]


def loss(p, points, labels):
    """The logistic loss of the scores."""
    signs = 2.0 * labels - 1.0
    return np.mean(np.logaddexp(0.0, -signs * scores(p, points)[:, 0]))


def train(rate, momentum, steps=300):
    """Gradient descent with momentum; the parameters, and the loss at every step."""
    rng = np.random.default_rng(2)
    shapes = {"W1": (2, 16), "b1": (16,), "W2": (16, 16), "b2": (16,), "w3": (16,)}
    p = {name: rng.normal(size=shape) * 0.4 for name, shape in shapes.items()}
    velocity = {name: np.zeros_like(value) for name, value in p.items()}
    points, labels = moons()
    losses = []
    for _ in range(steps):
        value, gradient = ad.value_and_grad(loss)(p, points, labels)
        losses.append(float(value))
        for name in p:
            velocity[name] = momentum * velocity[name] - rate * gradient[name]
            p[name] = p[name] + velocity[name]
    return p, losses


def training():
    """Loss curves with and without momentum."""
    return plots.plot_losses(
        {
            "rate 0.3": train(0.3, 0.0)[1],
            "rate 0.3, momentum 0.9": train(0.3, 0.9)[1],
        }
    )


def boundary():
    """What the trained network says about the plane."""
    p, _ = train(0.3, 0.9)
    return plots.plot_boundary(lambda grid: scores(p, grid), *moons())


def own_op():
    """An op of one's own, by one partial: the formula on its edge comes from the rule."""
    bell = ad.custom_op(
        lambda x: np.exp(-(x**2)), partials=lambda ans, x: -2 * x * ans, name="bell"
    )

    def bump(x, w):
        h = bell(x)
        y = w * h
        return y

    return draw(bump, 0.5, 3.0)


def wrong_rule():
    """A check of a network in which one op's rule has lost a term: lesson 9."""
    swish = ad.custom_op(
        lambda x: x / (1 + np.exp(-x)), partials=lambda ans, x: 1 / (1 + np.exp(-x)), name="swish"
    )

    def network(w, x):
        z = w * x
        h = swish(z)
        L = h * h
        return L

    return ad.check(network, 0.5, 2.0).draw()


def depth():
    """What is left of a gradient after ten layers, by activation and initial weights."""
    ways = {"std 0.01": 0.01, "std √(1/n)": np.sqrt(1 / 64), "std √(2/n)": np.sqrt(2 / 64)}
    sizes = {}
    for activation in (sigmoid, relu):
        for name, std in ways.items():
            rng, layers = np.random.default_rng(0), []
            h = rng.normal(size=(64, 64))
            for _ in range(10):
                h = activation(h @ ad.Tensor(std * rng.normal(size=(64, 64))))
                layers.append(h)
            labels = rng.integers(10, size=64)
            loss = nn.softmax_cross_entropy(h @ (std * rng.normal(size=(64, 10))), labels)
            loss.backward(keep=True)
            sizes[f"{activation.__name__}, {name}"] = [
                float(np.sqrt(np.mean(layer.grad**2))) for layer in layers
            ]
    return digit_pictures.plot_layers(sizes, "size of dL/dh")


def fall():
    """A cart that is pushed at random."""
    environments = cartpole.environments(1, seed=0)
    (episode,) = cartpole.rollouts(cartpole.uniform, environments, np.random.default_rng(0))
    return cartpole.film(episode, caption="Pushed at random")


def partial_run():
    """The lecture's TensorFlow example, of which a run fed `log b` and so needed no b."""
    with tf.Graph().as_default(), tf.Session() as sess:
        a = tf.placeholder("float", name="a")
        b = tf.placeholder("float", name="b")
        c = tf.get_variable("c", shape=(1), initializer=tf.constant_initializer(5))
        log_b = tf.log(b)
        y = tf.add(tf.mul(a, log_b), c, name="y")
        sess.run(tf.initialize_all_variables())
        metadata = tf.RunMetadata()
        sess.run(y, feed_dict={a: 3, log_b: 10}, run_metadata=metadata)
        return draw(y, ran=metadata)


def theano_plan():
    """A gradient of Theano's: an expression like the one it came from."""
    v = theano.tensor.dscalar("v")
    return draw(theano.tensor.grad(theano.tensor.tanh(v) ** 2, v), direction="LR")


FIGURES = {
    "first-picture.svg": lambda: draw(first_picture, 2.0),
    "lecture-network.svg": lecture_network,
    "transformer-block.svg": transformer_block,
    "lstm-cell.svg": lstm_cell,
    "lecture-factors.svg": lecture_factors,
    "partial-run.svg": partial_run,
    "theano-plan.svg": theano_plan,
    "neuron.svg": lambda: draw(neuron, *NEURON),
    "forward-and-reverse.svg": lambda: compare(two_inputs, 2.0, 5.0),
    "diamond-paths.svg": lambda: paths(diamond, 2.0).drawing,
    "reverse-sweep.svg": lambda: draw(shared, 2.0, 3.0),
    "seeds.svg": lambda: maps.plot_pushforward(polar, [2.0, 0.5], [[1, 0], [0, 1], [-1, 0.5]]),
    "flow-sigmoid.svg": lambda: draw(sigmoid_net, *initial(), flow=True),
    "flow-relu.svg": lambda: draw(relu_net, *initial(), flow=True),
    "step-sizes.svg": lambda: plots.plot_step_sizes(neuron, *NEURON),
    "training.svg": training,
    "boundary.svg": boundary,
    "wrong-rule.svg": wrong_rule,
    "own-op.svg": own_op,
    "depth.svg": depth,
    "cartpole.svg": fall,
}
