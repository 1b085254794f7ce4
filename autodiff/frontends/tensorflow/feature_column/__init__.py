"""`tf.feature_column` of 1.3 and 1.4: which features a model reads, and as which numbers.

    age = tf.feature_column.numeric_column("age")
    town = tf.feature_column.categorical_column_with_vocabulary_list("town", ["Bern", "Basel"])
    net = tf.feature_column.input_layer(features, [age, tf.feature_column.indicator_column(town)])

`columns` has those that are numbers, `categories` those that are one of a few; `sums` makes the
input of a network, and the sum of a linear model, of them.
"""

from autodiff.frontends.tensorflow.feature_column.categories import (
    categorical_column_with_hash_bucket as categorical_column_with_hash_bucket,
)
from autodiff.frontends.tensorflow.feature_column.categories import (
    categorical_column_with_identity as categorical_column_with_identity,
)
from autodiff.frontends.tensorflow.feature_column.categories import (
    categorical_column_with_vocabulary_file as categorical_column_with_vocabulary_file,
)
from autodiff.frontends.tensorflow.feature_column.categories import (
    categorical_column_with_vocabulary_list as categorical_column_with_vocabulary_list,
)
from autodiff.frontends.tensorflow.feature_column.categories import (
    crossed_column as crossed_column,
)
from autodiff.frontends.tensorflow.feature_column.categories import (
    weighted_categorical_column as weighted_categorical_column,
)
from autodiff.frontends.tensorflow.feature_column.columns import (
    bucketized_column as bucketized_column,
)
from autodiff.frontends.tensorflow.feature_column.columns import (
    embedding_column as embedding_column,
)
from autodiff.frontends.tensorflow.feature_column.columns import (
    indicator_column as indicator_column,
)
from autodiff.frontends.tensorflow.feature_column.columns import numeric_column as numeric_column
from autodiff.frontends.tensorflow.feature_column.sums import input_layer as input_layer
from autodiff.frontends.tensorflow.feature_column.sums import linear_model as linear_model
from autodiff.frontends.tensorflow.feature_column.sums import (
    make_parse_example_spec as make_parse_example_spec,
)
from autodiff.frontends.tensorflow.ground.renamed import missing


def __getattr__(name: str) -> object:
    raise missing("tf.feature_column", name, globals())
