"""A repository to work in, and what a run keeps of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from runstone.client import Client
from runstone.client.capture import code
from runstone.client.capture.part import Subject
from tests.client.capture.repositories import Take, WorkTree, kept


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkTree:
    """A repository, which is the working directory."""
    made = WorkTree(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture
def take(client: Client, run_id: str, monkeypatch: pytest.MonkeyPatch) -> Take:
    """Takes the picture of the working directory; returns what ``code.json`` says then."""
    monkeypatch.setenv("RUNSTONE_CAPTURE_CODE", "true")

    def taken() -> dict[str, Any]:
        code.picture(Subject(client, run_id))
        facts: dict[str, Any] = json.loads(kept(client, run_id, code.FACTS))
        return facts

    return taken
