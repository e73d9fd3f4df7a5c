"""What a setting is, and how its text is read."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from runstone.errors import InvalidValue

T = TypeVar("T")


def boolean(text: str) -> bool:
    """A switch, in the words that people use for one.

    Raises:
        ValueError: The text is none; the message says what is wanted.
    """
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("wanted: true or false")


def whole(text: str, *, least: int, most: int) -> int:
    """A whole number in bounds.

    Raises:
        ValueError: The text is none; the message says what is wanted.
    """
    wanted = f"wanted: a whole number from {least:,} to {most:,}"
    try:
        value = int(text)
    except ValueError:
        raise ValueError(wanted) from None
    if not least <= value <= most:
        raise ValueError(wanted)
    return value


def seconds(text: str, *, most: int) -> float:
    """A number of seconds above 0.

    Raises:
        ValueError: The text is none; the message says what is wanted.
    """
    wanted = f"wanted: a number of seconds above 0, at most {most:,}"
    try:
        value = float(text)
    except ValueError:
        raise ValueError(wanted) from None
    if not 0 < value <= most:  # false for NaN too
        raise ValueError(wanted)
    return value


def one_of(text: str, *, words: tuple[str, ...]) -> str:
    """One of some words, in any case.

    Raises:
        ValueError: The text is none; the message says what is wanted.
    """
    word = text.strip().lower()
    if word not in words:
        raise ValueError(f"wanted: {' or '.join(words)}")
    return word


def schemes(text: str) -> str:
    """Schemes of addresses, separated by commas.

    Raises:
        ValueError: The text is none; the message says what is wanted.
    """
    listed = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not listed or not set(listed) <= {"http", "https"}:
        raise ValueError("wanted: https, or http,https")
    return ",".join(listed)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting, read from the environment at each use.

    Attributes:
        name: Variable that is read first.
        default: Text that holds where no variable is set; ``None`` means unset.
        about: What it decides, in one sentence.
        cast: Makes the value from the text.
        mlflow: Variable of MLflow that is read second; empty where MLflow has none.
        secret: Whether the value must not be shown.
    """

    name: str
    default: str | None
    about: str
    cast: Callable[[str], T]
    mlflow: str = ""
    secret: bool = False

    def source(self) -> str:
        """Name of the variable that decides, or ``"default"``."""
        for name in (self.name, self.mlflow):
            if name and os.environ.get(name, "") != "":
                return name
        return "default"

    def get(self) -> T | None:
        """The value, or ``None`` where neither a variable nor a default gives one.

        Raises:
            InvalidValue: The text of the variable cannot be read.
        """
        source = self.source()
        text = self.default if source == "default" else os.environ[source]
        return None if text is None else self._read(source, text)

    def _read(self, source: str, text: str) -> T:
        try:
            return self.cast(text)
        except ValueError as error:
            raise InvalidValue(f"{source}={text!r} cannot be read: {error}") from None

    def put(self, value: T | None) -> None:
        """Set it for this process and those that it starts; ``None`` goes back to the default.

        Raises:
            InvalidValue: It cannot have this value.
        """
        text = None if value is None else str(value)
        if text is not None:
            self._read(self.name, text)
        for name in (self.name, self.mlflow):
            os.environ.pop(name, None)
        if text is not None:
            os.environ[self.name] = text

    def required(self) -> T:
        """The value of a setting that has a default.

        Raises:
            InvalidValue: There is none, or its text cannot be read.
        """
        value = self.get()
        if value is None:
            raise InvalidValue(f"{self.name} is not set: {self.about}")
        return value
