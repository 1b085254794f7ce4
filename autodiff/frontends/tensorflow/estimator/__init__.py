"""`tf.estimator` of 1.3 and 1.4: a model is a function; training and the rest call it.

    def model_fn(features, labels, mode):
        ...
        return tf.estimator.EstimatorSpec(mode, predictions, loss, train_op, eval_metric_ops)

    model = tf.estimator.Estimator(model_fn)
    model.train(tf.estimator.inputs.numpy_input_fn({"x": images}, digits, shuffle=True))

Each call builds a graph of its own; what goes from one to the next are checkpoints in `model_dir`.
`specs` says what the functions return, `inputs` makes input functions, `heads` losses and measures
of the ready-made models in `canned`.  What is exported (SavedModel) is not here.
"""

from autodiff.frontends.tensorflow.estimator import export as export
from autodiff.frontends.tensorflow.estimator import inputs as inputs
from autodiff.frontends.tensorflow.estimator.canned import (
    DNNClassifier as DNNClassifier,
)
from autodiff.frontends.tensorflow.estimator.canned import (
    DNNLinearCombinedClassifier as DNNLinearCombinedClassifier,
)
from autodiff.frontends.tensorflow.estimator.canned import (
    DNNLinearCombinedRegressor as DNNLinearCombinedRegressor,
)
from autodiff.frontends.tensorflow.estimator.canned import (
    DNNRegressor as DNNRegressor,
)
from autodiff.frontends.tensorflow.estimator.canned import (
    LinearClassifier as LinearClassifier,
)
from autodiff.frontends.tensorflow.estimator.canned import (
    LinearRegressor as LinearRegressor,
)
from autodiff.frontends.tensorflow.estimator.estimator import Estimator as Estimator
from autodiff.frontends.tensorflow.estimator.rounds import EvalSpec as EvalSpec
from autodiff.frontends.tensorflow.estimator.rounds import TrainSpec as TrainSpec
from autodiff.frontends.tensorflow.estimator.rounds import train_and_evaluate as train_and_evaluate
from autodiff.frontends.tensorflow.estimator.specs import EstimatorSpec as EstimatorSpec
from autodiff.frontends.tensorflow.estimator.specs import ModeKeys as ModeKeys
from autodiff.frontends.tensorflow.estimator.specs import RunConfig as RunConfig
from autodiff.frontends.tensorflow.ground.renamed import missing


def __getattr__(name: str) -> object:
    raise missing("tf.estimator", name, globals())
