"""Things as pairs of name and value, as MLflow's users turn them into dictionaries."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from msgspec.structs import fields


class Pairs:
    """Gives a thing to ``dict``: its fields by the names that MLflow has, words of an enum as plain text."""

    __slots__ = ()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """The name and the value of each field."""
        for field in fields(type(self)):  # type: ignore[arg-type]  # whoever has this is a struct
            value = getattr(self, field.encode_name)
            yield field.encode_name, value.value if isinstance(value, Enum) else value
