"""The promise that training never feels its logging."""

import logging
from collections.abc import Callable
from typing import TypeVar

from runstone.errors import InvalidValue

T = TypeVar("T")
Attempt = Callable[[Callable[[], object]], object]

_logger = logging.getLogger("runstone")
# What has been warned of in this process: a sweep of a thousand fits need not say it a thousand times.
_warned: set[str] = set()


class Guard:
    """Stands around all that is done for one fit: whatever fails of it is told once, and ends it for this fit."""

    def __init__(self, library: str, *, silent: bool) -> None:
        """Begin.

        Args:
            library: The name of the library.
            silent: Whether nothing is said.
        """
        self._library, self._silent = library, silent
        self._is_stopped = False

    def attempt(self, action: Callable[[], T], /, *, anyway: bool = False) -> T | None:
        """Do something, unless something has failed before.

        Args:
            action: What is done.
            anyway: Whether it is done even so.

        Returns:
            What it gives; ``None`` where it was not done, or failed.
        """
        if self._is_stopped and not anyway:
            return None
        try:
            return action()
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with it, training goes on
            if not self._is_stopped:
                self._is_stopped = True
                self._warn(error)
            return None

    def _warn(self, error: Exception) -> None:
        said = f"a fit of {self._library} is not logged as a whole, and goes on: "
        said += str(error) if isinstance(error, InvalidValue) else f"{type(error).__name__}: {error}"
        if self._silent or said in _warned:
            _logger.debug("%s", said, exc_info=error)
        else:
            _warned.add(said)
            _logger.warning("%s", said)
            _logger.debug("where that was", exc_info=error)
