"""The lecture's TensorFlow example, line by line as on the slide, and what it hides made visible.

"AutoDiff & TensorFlow", Deep RL, 27 January 2017, slide "TensorFlow: Example".  Only `print` has
parentheses.  Afterwards: which part of the graph the run executed, and the derivative as nodes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import autodiff as ad
from autodiff.core.language.display.table import brief, table
from autodiff.frontends import tensorflow as tf


def example() -> dict[str, Any]:
    """The slide's code; returns its variables, by name."""
    print("Constructing Graph")
    a = tf.placeholder("float")
    b = tf.placeholder("float")
    c = tf.get_variable("my_var", shape=(1), initializer=tf.constant_initializer(5))

    y = tf.mul(a, tf.log(b)) + c

    print("Creating Session")
    sess = tf.Session()

    print("Initializing Variables")
    sess.run(tf.initialize_all_variables())

    print("Running Graph")
    print(sess.run(y, feed_dict={a: 3, b: 3}))
    return {"a": a, "b": b, "c": c, "y": y, "sess": sess}


def main(folder: Path | None = None, width: int | None = None) -> None:
    """Run the slide, say what was executed, add the gradients; draw all three into a folder.

    The table of the graph has the value that each operation had in the run, in lines of `width`.
    """
    with tf.Graph().as_default() as graph:
        made = example()
        a, b, c, y, sess = (made[name] for name in ("a", "b", "c", "y", "sess"))
        print(f"\nexecuted: {', '.join(op.name for op in sess.ran)}")
        pictures = {"graph": ad.draw(y)}
        metadata = tf.RunMetadata()
        sess.run(y, feed_dict={a: 3, b: 3}, run_metadata=metadata)
        pictures["run"] = ad.draw(y, ran=metadata)
        grads = tf.gradients(y, [a, b, c])
        values = sess.run(grads, feed_dict={a: 3, b: 3}, run_metadata=metadata)
        for name, value in zip(("a", "b", "c"), values, strict=True):
            print(f"dy/d{name} = {value}")
        pictures["gradients"] = ad.draw(graph)
        rows = [
            (name, equation, brief(metadata.values[own]) if own in metadata.values else "not run")
            for own, (name, equation, *_) in zip(graph.program, graph.program.rows(), strict=True)
        ]
        print("\nthe graph as a table, with the values of this last run:")
        print(table(("name", "equation", "value"), rows, width=width))
    if folder is not None:
        for name, picture in pictures.items():
            print(f"wrote {picture.save(folder / f'slide_{name}.svg')}")


if __name__ == "__main__":
    main()
