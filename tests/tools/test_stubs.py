"""Editors and type checkers know the flavors, which are made when the program runs."""

import ast

import pytest

from tools import stubs


@pytest.mark.parametrize("name", sorted(stubs.places()))
def test_stub_declares_the_three_verbs(name: str) -> None:
    declared = ast.parse(stubs.text(name)).body

    assert [each.name for each in declared if isinstance(each, ast.FunctionDef)] == [
        "save_model",
        "log_model",
        "load_model",
    ]


def test_stub_says_what_a_flavor_takes() -> None:
    text = stubs.text("sklearn")

    assert "    sk_model: Any,\n    path: str,\n    *,\n    serialization_format: str | None = ...,\n" in text
    assert "signature: ModelSignature | bool | None = ...," in text
    assert "-> ModelInfo: ...\n" in text


def test_stub_imports_what_it_uses_alone() -> None:
    text = stubs.text("sklearn")

    assert "from pathlib import Path" not in text
    assert "from collections.abc import Mapping, Sequence" in text
