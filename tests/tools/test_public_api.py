from types import ModuleType
from typing import Any

import pytest

from tools import public_api


class Closing:
    """A base class."""

    def close(self) -> None:
        """Public."""


class Handle(Closing):
    """A class with one of each kind of member."""

    kept: int = 1

    def log(self, key: str, *, step: int = 0) -> None:
        """Public."""

    def _hidden(self) -> None:
        """Private."""

    @property
    def name(self) -> str:
        """Public."""
        return ""

    @classmethod
    def make(cls, uri: str) -> "Handle":
        """Public."""
        return cls()


def verb(name: str, count: int = 3) -> list[str]:
    """A function."""
    return [name] * count


def test_function_is_one_line_with_its_signature() -> None:
    assert list(public_api.describe("verb", verb)) == ["verb(name: str, count: int = 3) -> list[str]"]


def test_class_is_followed_by_its_public_members() -> None:
    assert list(public_api.describe("Handle", Handle)) == [
        "Handle: class",
        "Handle.close(self) -> None",
        "Handle.log(self, key: str, *, step: int = 0) -> None",
        "Handle.make(cls, uri: str) -> 'Handle'",
        "Handle.name: property",
    ]


def test_second_name_of_a_class_says_so() -> None:
    assert list(public_api.describe("OldHandle", Handle)) == ["OldHandle: another name of Handle"]


def test_member_of_a_foreign_ancestor_is_left_out() -> None:
    class Text(str):
        """Has all that a text has."""

    assert list(public_api.describe("Text", Text)) == ["Text: class"]


def test_module_is_followed_by_its_public_names() -> None:
    module: Any = ModuleType("artifacts")
    module.__all__ = ["verb"]
    module.verb = verb

    lines = list(public_api.describe("artifacts", module))

    assert lines == ["artifacts: module", "artifacts.verb(name: str, count: int = 3) -> list[str]"]


@pytest.mark.parametrize(("value", "line"), [("0.1.0", "version: str"), (3, "version: int")])
def test_value_is_named_by_its_type(value: object, line: str) -> None:
    assert list(public_api.describe("version", value)) == [line]
