"""Links: where parameters live.  A `Chain` names its children, a `ChainList` numbers them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.chainer.variable import Variable


class Link:
    """Parameters, and arrays that are saved with them: `Link(W=(2, 3))`, `link.W`.

    A new parameter's gradient is NaN until it is cleared: a forgotten `cleargrads` is seen.
    """

    def __init__(self, **params: Any) -> None:
        self._params: list[str] = []
        self._persistent: list[str] = []
        self._uninitialized_params: dict[str, Any] = {}
        self.name: str | None = None
        self._cpu = True
        self.volatile: Any = "off"
        for name, value in params.items():
            shape, dtype = value if isinstance(value, tuple) and len(value) == 2 and isinstance(
                value[0], tuple
            ) else (value, np.float32)  # fmt: skip
            self.add_param(name, shape, dtype)

    xp = np

    def add_param(
        self, name: str, shape: Any, dtype: Any = np.float32, initializer: Any = None
    ) -> None:
        """A parameter of a shape; NaN until it is filled.  An initializer's dtype goes first."""
        if hasattr(self, name):
            raise AttributeError(
                f"cannot register a new parameter {name}: attribute exists.{here()}"
            )
        told = getattr(initializer, "dtype", None)
        data = np.full(shape, np.nan, dtype if told is None else told)
        if initializer is not None:
            initializer(data)
        param = Variable(data, volatile="auto", name=name)
        param.grad = np.full_like(data, np.nan)
        self._params.append(name)
        self._uninitialized_params.pop(name, None)
        self.__dict__[name] = param

    def add_uninitialized_param(self, name: str, initializer: Any = None) -> None:
        """A parameter whose shape the first call tells."""
        self._uninitialized_params[name] = initializer

    @property
    def has_uninitialized_params(self) -> bool:
        """Whether a parameter still waits for its shape."""
        return bool(self._uninitialized_params)

    def add_persistent(self, name: str, value: Any) -> None:
        """A value that is saved, and not learned."""
        if hasattr(self, name):
            raise AttributeError(f"cannot register {name}: attribute exists.{here()}")
        self._persistent.append(name)
        self.__dict__[name] = value

    def params(self) -> Iterator[Variable]:
        """All parameters, those of children too."""
        for _, param in self.namedparams():
            yield param

    def namedparams(self) -> Iterator[tuple[str, Variable]]:
        """Parameters with their paths: `/l1/W`."""
        for name in sorted(self._params):
            yield f"/{name}", self.__dict__[name]

    def links(self, skipself: bool = False) -> Iterator[Link]:
        """This link and its children."""
        for _, link in self.namedlinks(skipself):
            yield link

    def namedlinks(self, skipself: bool = False) -> Iterator[tuple[str, Link]]:
        """Links with their paths."""
        if not skipself:
            yield "/", self
        for child in self.children():
            path = f"/{child.name}"
            yield path, child
            for rest, link in child.namedlinks(skipself=True):
                yield path + rest, link

    def children(self) -> Iterator[Link]:
        """The links just below."""
        return iter(())

    def cleargrads(self) -> None:
        """Forget all gradients."""
        for param in self.params():
            param.cleargrad()

    def zerograds(self) -> None:
        """Make all gradients zero."""
        for param in self.params():
            param.zerograd()

    def copy(self) -> Any:
        """Another link with the same parameters, and a state of its own."""
        made = copy.copy(self)
        made.__dict__ = dict(self.__dict__)
        made._params, made._persistent = list(self._params), list(self._persistent)
        made.name = None
        return made

    def copyparams(self, link: Link) -> None:
        """Take the values of another link's parameters."""
        own = dict(self.namedparams())
        for name, param in link.namedparams():
            own[name].data[...] = param.data

    def addgrads(self, link: Link) -> None:
        """Add the gradients of another link's parameters."""
        own = dict(self.namedparams())
        for name, param in link.namedparams():
            own[name].addgrad(param)

    def to_cpu(self) -> Any:
        """Nothing to do."""
        return self

    def to_gpu(self, device: Any = None) -> Any:
        """Refused: there is one device."""
        raise RuntimeError(f"there is no GPU here: leave out to_gpu() (--gpu -1).{here()}")

    def serialize(self, serializer: Any) -> None:
        """Save or load parameters and persistent values."""
        for name in self._params:
            data = serializer(name, self.__dict__[name].data)
            if data is not None:
                self.__dict__[name].data[...] = data
        for name in self._persistent:
            self.__dict__[name] = serializer(name, self.__dict__[name])
        for name in list(self._uninitialized_params):
            data = serializer(name, None)
            if data is not None:
                self.add_param(name, data.shape)
                self.__dict__[name].data[...] = data

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """What a subclass computes."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__.{here()}")


class Chain(Link):
    """Links by name: `Chain(l1=L.Linear(3, 2))`, `chain.l1`, `chain["l1"]`.

    An attribute that is set later is no child; `add_link` makes it one.
    """

    def __init__(self, **links: Link) -> None:
        super().__init__()
        self._children: list[str] = []
        for name, link in links.items():
            self.add_link(name, link)

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def add_link(self, name: str, link: Link) -> None:
        """Register a child."""
        if name in self.__dict__:
            raise AttributeError(f"cannot register a new link {name}: attribute exists.{here()}")
        if not isinstance(link, Link):
            raise TypeError(f"{name} = {link!r:.50} is no link.{here()}")
        self._children.append(name)
        link.name = name
        self.__dict__[name] = link

    def children(self) -> Iterator[Link]:
        """The named links."""
        for name in sorted(self._children):
            yield self.__dict__[name]

    def namedparams(self) -> Iterator[tuple[str, Variable]]:
        """Own parameters, then those of the children."""
        yield from super().namedparams()
        for name in sorted(self._children):
            for path, param in self.__dict__[name].namedparams():
                yield f"/{name}{path}", param

    def copy(self) -> Any:
        """A copy, children too; parameters are shared."""
        made = super().copy()
        made._children = list(self._children)
        for name in self._children:
            child = self.__dict__[name].copy()
            child.name = name
            made.__dict__[name] = child
        return made

    def serialize(self, serializer: Any) -> None:
        """Save or load, children too."""
        super().serialize(serializer)
        for name in self._children:
            self.__dict__[name].serialize(serializer[name])


class FunctionSet(Chain):
    """The chain of before 1.5: every link that is set as an attribute is a child."""

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Link):
            if name not in self.__dict__:
                self._children.append(name)
            value.name = name
        super().__setattr__(name, value)

    def collect_parameters(self) -> FunctionSet:
        """The set itself, for `optimizer.setup`."""
        return self

    def copy_parameters_from(self, params: Any) -> None:
        """Take the values of other arrays."""
        for own, other in zip(self.params(), params, strict=True):
            own.data[...] = other

    @property
    def parameters(self) -> tuple[Any, ...]:
        """The arrays of all parameters."""
        return tuple(param.data for param in self.params())

    @property
    def gradients(self) -> tuple[Any, ...]:
        """The arrays of all gradients."""
        return tuple(param.grad for param in self.params())


class ChainList(Link):
    """Links by number: `ChainList(l0, l1)`, `chain[0]`."""

    def __init__(self, *links: Link) -> None:
        super().__init__()
        self._list: list[Link] = []
        for link in links:
            self.add_link(link)

    def __getitem__(self, index: Any) -> Any:
        return self._list[index]

    def __iter__(self) -> Iterator[Link]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def add_link(self, link: Link) -> None:
        """Append a child."""
        link.name = str(len(self._list))
        self._list.append(link)

    def children(self) -> Iterator[Link]:
        """The links in order."""
        yield from self._list

    def namedparams(self) -> Iterator[tuple[str, Variable]]:
        """Own parameters, then those of the children."""
        yield from super().namedparams()
        for number, link in enumerate(self._list):
            for path, param in link.namedparams():
                yield f"/{number}{path}", param

    def copy(self) -> Any:
        """A copy, children too; parameters are shared."""
        made = super().copy()
        made._list = [link.copy() for link in self._list]
        for number, link in enumerate(made._list):
            link.name = str(number)
        return made

    def serialize(self, serializer: Any) -> None:
        """Save or load, children too."""
        super().serialize(serializer)
        for number, link in enumerate(self._list):
            link.serialize(serializer[str(number)])
