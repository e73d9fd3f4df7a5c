"""What is known of objects for as long as they live."""

import weakref
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Known(Generic[T]):
    """Values by object: by which one it is, since few of them can be compared, and never keeping it alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], T]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def put(self, of: Any, value: T) -> bool:
        """Remember a value of an object; returns ``False`` for one whose end nobody is told of, such as a list."""
        number, known = id(of), self._known
        try:
            reference = weakref.ref(of, lambda _: known.pop(number, None))
        except TypeError:
            return False
        known[number] = reference, value
        return True

    def get(self, of: Any) -> T | None:
        """The value of an object, if there is one."""
        found = self._known.get(id(of))
        return found[1] if found is not None and found[0]() is of else None
