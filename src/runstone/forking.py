"""Let a fork wait for what its child could never end.

The child of a fork has one thread, that which forked. A module that another thread was amid importing stays half
imported there and its lock held, so that whoever imports it in the child waits for ever.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Whoever forks may itself be amid an import that a thread waits for.
_LONGEST_WAIT_S = 10.0


class _Imports:
    """The imports of threads that a program knows nothing of."""

    def __init__(self) -> None:
        """No thread imports."""
        self.lock = threading.RLock()
        self._forking = 0  # the thread that has it while it forks
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._hold, after_in_parent=self._let_go, after_in_child=self._let_go)

    def _hold(self) -> None:
        if self.lock.acquire(timeout=_LONGEST_WAIT_S):
            self._forking = threading.get_ident()

    def _let_go(self) -> None:
        if self._forking == threading.get_ident():
            self._forking = 0
            self.lock.release()


_imports = _Imports()


@contextmanager
def held_off() -> Iterator[None]:
    """No other thread forks while the block runs, for ten seconds at most; for imports in threads of our own."""
    with _imports.lock:
        yield
