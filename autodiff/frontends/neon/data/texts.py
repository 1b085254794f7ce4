"""Data along time: text by characters or words, and tasks that are made up while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only
from autodiff.frontends.neon.backends.backend import NervanaObject, Tensor


class Text(NervanaObject):
    """A text's tokens; each column of a batch goes on where it ended in the batch before.

    A target is the token that follows; with `reverse_target` the targets are the input's own steps,
    from the last to the first.
    """

    def __init__(
        self, time_steps: int, path: Any, vocab: Any = None,
        tokenizer: Callable[[str], Any] | None = None, onehot_input: bool = True,
        reverse_target: bool = False, get_prev_target: bool = False,
    ) -> None:  # fmt: skip
        only("Text", {"get_prev_target": get_prev_target})
        text = Path(path).read_text(encoding="utf-8")
        tokens = list(tokenizer(text) if tokenizer else text)
        self.time_steps, self.onehot_input = time_steps, onehot_input
        whole = len(tokens) - len(tokens) % (self.be.bsz * time_steps)
        if not whole:
            raise ValueError(
                f"{path} has {len(tokens)} tokens, and a batch needs {self.be.bsz} times "
                f"{time_steps}.{here()}"
            )
        tokens = tokens[:whole]
        self.vocab = sorted(set(tokens) if vocab is None else vocab)
        self.nclass = self.nout = len(self.vocab)
        self.token_to_index = {t: i for i, t in enumerate(self.vocab)}
        self.index_to_token = dict(enumerate(self.vocab))
        numbers = np.array([self.token_to_index[t] for t in tokens])
        self.nbatches = whole // (self.be.bsz * time_steps)
        self.ndata = self.nbatches * self.be.bsz
        size = (self.be.bsz, self.nbatches, time_steps)
        self.X = numbers.reshape(size)
        self.y = self.X[..., ::-1] if reverse_target else np.roll(numbers, -1).reshape(size)
        self.shape = (self.nout, time_steps) if onehot_input else (time_steps,)

    def reset(self) -> None:
        """Every epoch begins at the first batch."""

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        eye = np.eye(self.nclass, dtype=self.be.default_dtype)
        for k in range(self.nbatches):
            x, y = self.X[:, k].T, self.y[:, k].T
            yield (
                Tensor(eye[:, x.reshape(-1)] if self.onehot_input else x),
                Tensor(eye[:, y.reshape(-1)]),
            )


class PTB(NervanaObject):
    """`train_iter`, `valid_iter` of `ptb.train.txt` and `ptb.valid.txt` in the folder `path`."""

    def __init__(
        self, timesteps: int, path: Any = ".", onehot_input: bool = True,
        tokenizer: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        self.folder = Path(path)
        self.options = {"onehot_input": onehot_input, **options}
        self.steps = timesteps
        self.split = getattr(self, tokenizer) if isinstance(tokenizer, str) else tokenizer
        self.vocab: Any = None

    @staticmethod
    def newline_tokenizer(text: str) -> list[str]:
        """Words, with a mark for the end of a line."""
        return text.replace("\n", "<eos>").split(" ")

    def _iterator(self, name: str) -> Text:
        file = self.folder / f"ptb.{name}.txt"
        if not file.exists():
            raise FileNotFoundError(
                f"{file} is not there, and nothing is downloaded: put a text there.{here()}"
            )
        found = Text(self.steps, file, self.vocab, self.split, **self.options)
        self.vocab = found.vocab
        return found

    train_iter = property(lambda self: self._iterator("train"))
    valid_iter = property(lambda self: self._iterator("valid"))
    test_iter = property(lambda self: self._iterator("test"))


class CopyTask(NervanaObject):
    """Bits between a start and a stop mark, to be given again after it (Graves et al., 2014)."""

    def __init__(self, seq_len_max: int, vec_size: int) -> None:
        self.most, self.nout, self.nin = seq_len_max, vec_size, vec_size + 2
        self.time_steps_max = 2 * seq_len_max + 2

    def made(self) -> tuple[Any, Any, int]:
        """Inputs and outputs (features, steps, batch), and how many of the steps count."""
        batch = self.be.bsz
        length = int(self.be.rng.randint(1, self.most + 1))
        x = np.zeros((self.nin, self.time_steps_max, batch))
        y = np.zeros((self.nout, self.time_steps_max, batch))
        bits = self.be.rng.randint(2, size=(self.nout, length, batch))
        x[-2, 0] = x[-1, length + 1] = 1
        x[: self.nout, 1 : length + 1] = y[:, length + 2 : 2 * length + 2] = bits
        return x, y, 2 * length + 2


class RepeatCopyTask(CopyTask):
    """The same bits several times, then a stop mark."""

    def __init__(self, seq_len_max: int, repeat_count_max: int, vec_size: int) -> None:
        super().__init__(seq_len_max, vec_size)
        self.repeats, self.bits, self.nout = repeat_count_max, vec_size, vec_size + 1
        self.time_steps_max = seq_len_max * (repeat_count_max + 1) + 3

    def made(self) -> tuple[Any, Any, int]:
        """Inputs and outputs, and how many of the steps count."""
        length, times = (int(self.be.rng.randint(1, n + 1)) for n in (self.most, self.repeats))
        x = np.zeros((self.nin, self.time_steps_max, self.be.bsz))
        y = np.zeros((self.nout, self.time_steps_max, self.be.bsz))
        bits = self.be.rng.randint(2, size=(self.bits, length, self.be.bsz))
        x[-2, 0], x[-1, length + 1] = 1, times
        x[: self.bits, 1 : length + 1] = bits
        end = length * (times + 1) + 3
        y[:-1, length + 2 : end - 1] = np.tile(bits, (1, times, 1))
        y[-1, end - 1] = 1
        return x, y, end


class Ticker(NervanaObject):
    """100 batches of a task an epoch; the target comes with a mask of the steps that count."""

    nbatches = 100

    def __init__(self, task: Any) -> None:
        self.task, self.nin, self.nout = task, task.nin, task.nout
        self.shape, self.ndata = (task.nin, task.time_steps_max), self.nbatches * self.be.bsz

    def reset(self) -> None:
        """There is nothing to begin again."""

    def __iter__(self) -> Iterator[Any]:
        dtype = self.be.default_dtype
        for _ in range(self.nbatches):
            x, y, steps = self.task.made()
            mask = np.zeros_like(y)
            mask[:, :steps] = 1
            flat = [Tensor(a.reshape(len(a), -1).astype(dtype)) for a in (x, y, mask)]
            yield flat[0], (flat[1], flat[2])
