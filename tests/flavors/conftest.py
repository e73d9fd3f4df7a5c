"""Classes and functions of a test stand for those of a user's script: they are pickled as a whole, not by name."""

import sys
from collections.abc import Iterator

import cloudpickle
import pytest


@pytest.fixture(autouse=True)
def pickled_as_a_script_is(request: pytest.FixtureRequest) -> Iterator[None]:
    module = sys.modules[request.module.__name__]
    cloudpickle.register_pickle_by_value(module)
    yield
    cloudpickle.unregister_pickle_by_value(module)
