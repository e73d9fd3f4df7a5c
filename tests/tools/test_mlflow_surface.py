"""What is written down of another package's functions."""

from types import SimpleNamespace
from typing import Any

from tools import mlflow_surface


class Handle:
    """Stands for MLflow's client."""

    kept = 1

    def log(self, key: str, value: float = 0.5, *, step: int | None = None) -> None:
        """Public."""

    def _hidden(self) -> None:
        """Private."""

    @property
    def uri(self) -> str:
        """No function."""
        return ""


def test_public_functions_are_taken_with_their_arguments() -> None:
    assert mlflow_surface.functions(Handle, dir(Handle)) == {
        "log": [
            {"name": "key", "kind": "POSITIONAL_OR_KEYWORD"},
            {"name": "value", "kind": "POSITIONAL_OR_KEYWORD", "default": 0.5},
            {"name": "step", "kind": "KEYWORD_ONLY", "default": None},
        ]
    }


def test_name_that_a_module_lists_but_does_not_have_is_left_out() -> None:
    assert mlflow_surface.functions(SimpleNamespace(), ["gone"]) == {}


def test_default_that_is_no_plain_value_is_its_text() -> None:
    def function(mode: Any = ("a", 1)) -> None: ...

    assert mlflow_surface.arguments(function)[0]["default"] == "('a', 1)"
