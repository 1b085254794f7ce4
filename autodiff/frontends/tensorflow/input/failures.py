"""What goes wrong with files and data in a run, under the names that TensorFlow has for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autodiff.data.ground.errors import CheckpointError, DataError, RecordError
from autodiff.frontends.tensorflow.ground.errors import (
    DataLossError,
    InvalidArgumentError,
    NotFoundError,
)


@contextmanager
def data_errors(place: str = "") -> Iterator[None]:
    """Inside the block, a damaged file is a `DataLossError`, bad data an `InvalidArgumentError`.

    `place` is the user's line that made the node (of `here()`).
    """
    try:
        yield
    except (RecordError, CheckpointError) as error:
        raise DataLossError(f"{error}{place}") from error
    except DataError as error:
        raise InvalidArgumentError(f"{error}{place}") from error
    except OSError as error:
        raise NotFoundError(f"{error.filename}: {error.strerror}.{place}") from error
