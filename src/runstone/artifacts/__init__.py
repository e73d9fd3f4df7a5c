"""Stores of files, and the way from a URI to one.

The verbs below are put here by the front door: they belong to the client, which this room does not know.
"""

import os
from typing import Any, Protocol

from runstone.entities import FileInfo


class _DownloadArtifacts(Protocol):
    def __call__(
        self,
        artifact_uri: str | None = None,
        run_id: str | None = None,
        artifact_path: str | None = None,
        dst_path: str | os.PathLike[str] | None = None,
        tracking_uri: str | None = None,
        registry_uri: str | None = None,
    ) -> str: ...


class _ListArtifacts(Protocol):
    def __call__(
        self,
        artifact_uri: str | None = None,
        run_id: str | None = None,
        artifact_path: str | None = None,
        tracking_uri: str | None = None,
    ) -> list[FileInfo]: ...


class _Load(Protocol):
    def __call__(self, artifact_uri: str) -> Any: ...


class _LoadText(Protocol):
    def __call__(self, artifact_uri: str) -> str: ...


download_artifacts: _DownloadArtifacts
list_artifacts: _ListArtifacts
load_text: _LoadText
load_dict: _Load
load_image: _Load

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]
