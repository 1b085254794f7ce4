"""Running a function of tensors as a graph of its own, for the tests of ops."""

import numpy as np

from autodiff.frontends import tensorflow as tf


def placeholders(arrays, open_batch=True):
    """A placeholder for each array, the length of its first axis left open."""
    made = []
    for array in arrays:
        shape = [None, *np.shape(array)[1:]] if np.ndim(array) and open_batch else np.shape(array)
        made.append(tf.placeholder(np.asarray(array).dtype, shape))
    return made


def flat(result):
    return list(result) if isinstance(result, list | tuple) else [result]


def evaluate(build, *arrays, open_batch=True):
    """The values of build(*placeholders), each checked against its static shape and dtype."""
    with tf.Graph().as_default(), tf.Session() as sess:
        inputs = placeholders(arrays, open_batch)
        outputs = build(*inputs)
        values = sess.run(flat(outputs), dict(zip(inputs, arrays)))
        for output, value in zip(flat(outputs), values, strict=True):
            assert output.get_shape().is_compatible_with(np.shape(value)), (output, np.shape(value))
            assert np.asarray(value).dtype == output.dtype
    return values if isinstance(outputs, list | tuple) else values[0]


def check_gradients(build, *arrays, open_batch=True, step=1e-5, tolerance=1e-6):
    """tf.gradients of a random combination of the results against central differences."""
    rng = np.random.default_rng(5)
    with tf.Graph().as_default(), tf.Session() as sess:
        inputs = placeholders(arrays, open_batch)
        outputs = flat(build(*inputs))
        values = sess.run(outputs, dict(zip(inputs, arrays)))
        loss = sum(
            tf.reduce_sum(output * rng.normal(size=np.shape(value)))
            for output, value in zip(outputs, values)
        )
        moving = [i for i, a in enumerate(arrays) if np.asarray(a).dtype.kind == "f"]
        found = [g.dense for g in tf.gradients(loss, [inputs[i] for i in moving])]
        assert None not in found
        found = sess.run(found, dict(zip(inputs, arrays)))
        for place, gradient in zip(moving, found, strict=True):
            direction = rng.normal(size=np.shape(arrays[place]))
            sides = []
            for sign in (1, -1):
                moved = list(arrays)
                moved[place] = arrays[place] + sign * step * direction
                sides.append(sess.run(loss, dict(zip(inputs, moved))))
            slope = (sides[0] - sides[1]) / (2 * step)
            assert np.shape(gradient) == np.shape(arrays[place])
            np.testing.assert_allclose(
                np.sum(gradient * direction), slope, rtol=tolerance, atol=tolerance
            )
