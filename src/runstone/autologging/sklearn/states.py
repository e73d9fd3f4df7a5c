"""What an estimator is, and how it is left as it was found."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_COPIES = ("copy", "copy_X", "copy_x")


def class_name(estimator: Any) -> str:
    """The module and the name of its class."""
    kind = type(estimator)
    return f"{kind.__module__}.{kind.__qualname__}"


def changes_its_data(estimator: Any) -> bool:
    """Whether fitting it may have changed the training data, on which it cannot be measured any more then."""
    return any(value is False and name.rpartition("__")[2] in _COPIES for name, value in estimator.get_params().items())


@contextmanager
def kept(estimator: Any) -> Iterator[None]:
    """Leave the sources of random numbers as they were: those of all, and those that the estimator was given."""
    import numpy as np

    legacy, plain = np.random.get_state(), random.getstate()
    own = [source for source in estimator.get_params().values() if isinstance(source, np.random.RandomState)]
    states = [source.get_state() for source in own]
    try:
        yield
    finally:
        np.random.set_state(legacy)
        random.setstate(plain)
        for source, state in zip(own, states, strict=True):
            source.set_state(state)
