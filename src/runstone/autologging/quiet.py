"""What is computed for the log, and warns of something that the user has not asked for."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_warnings() -> Iterator[None]:
    """Give no warnings within the block; in the main thread alone, since the filters of warnings are one for all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
