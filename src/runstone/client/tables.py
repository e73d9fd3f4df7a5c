"""The verbs of ``Client`` about tables."""

import json
import threading
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from runstone.artifacts import integrity
from runstone.client import arguments
from runstone.client.files import FileVerbs
from runstone.client.runs import RunVerbs
from runstone.entities import ArtifactPath, Run, Tag
from runstone.entities.page import all_pages
from runstone.entities.tag import LOGGED_ARTIFACTS
from runstone.errors import ArtifactNotFound, InvalidArtifactPath
from runstone.media import tables

if TYPE_CHECKING:
    import pandas
    import polars

_PAGE = 1000
# A table is read, lengthened and written again; by one thread at a time.
_lock = threading.Lock()


class TableVerbs(FileVerbs, RunVerbs):
    """Log and load tables."""

    def log_table(
        self, run_id: str, data: "dict[str, Any] | pandas.DataFrame | polars.DataFrame", artifact_file: str
    ) -> None:
        """Store a table, or add rows to one that is there.

        Args:
            run_id: A run in use.
            data: A frame of pandas or polars, or a dict from column to values. Images in it are stored beside the
                table.
            artifact_file: Name of the artifact, ending in ``.json`` or ``.parquet``.

        Raises:
            InvalidValue: ``data`` is no table.
            InvalidArtifactPath: ``artifact_file`` is not such a name.
            Unsupported: pandas, or pyarrow for Parquet, is not installed.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        path = _table_path(artifact_file)
        frame = tables.to_frame(data)
        with _lock:
            repository = self._artifacts(run_id, writes=True)
            is_listed = (run_id, path) in self._listed_tables
            tags = () if is_listed else (_with_table(self.get_run(run_id), path),)
            pictures = list(tables.take_out_images(frame, path))
            try:
                former = tables.decode(integrity.read(repository, path), PurePosixPath(path).suffix)
            except ArtifactNotFound:
                former = None
            whole = frame if former is None else tables.joined([former, frame])
            body = tables.encode(whole, PurePosixPath(path).suffix)
            for name, picture in pictures:
                repository.write(name, (picture,))
            repository.write(path, (body,))
            if tags:
                self._journal(run_id).log(tags=tags)
                self._listed_tables.add((run_id, path))

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: list[str] | None = None,
        extra_columns: list[str] | None = None,
    ) -> "pandas.DataFrame":
        """The rows of one table of several runs, one below the other.

        Args:
            experiment_id: Experiment whose runs are looked at.
            artifact_file: Name of the artifact.
            run_ids: The runs that are looked at; all of the experiment if ``None``.
            extra_columns: Columns of ``search_runs`` to add, such as ``run_id`` or ``params.lr``.

        Raises:
            ArtifactNotFound: None of the runs has such a table.
            InvalidValue: Runs have no such column.
            InvalidArtifactPath: ``artifact_file`` is not the name of a table.
            Unsupported: pandas, or pyarrow for Parquet, is not installed.
        """
        path = _table_path(artifact_file)
        wanted = None if run_ids is None else set(arguments.identifiers("the id of a run", run_ids))
        columns = arguments.texts("extra_columns", extra_columns)
        found = []
        for run in self._runs_with_tables(arguments.identifier("the id of an experiment", experiment_id)):
            run_id = run.info.run_id
            if str(path) in _logged(run, "table") and (wanted is None or run_id in wanted):
                data = integrity.read(self._artifacts(run_id, writes=False), path)
                frame = tables.decode(data, PurePosixPath(path).suffix)
                found.append(tables.with_run_columns(frame, run, columns))
        if not found:
            raise ArtifactNotFound(path)
        return tables.joined(found)

    def _runs_with_tables(self, experiment_id: str) -> Iterator[Run]:
        filter_string = f"tags.`{LOGGED_ARTIFACTS}` LIKE '%table%'"
        return all_pages(
            lambda size, token: self.search_runs([experiment_id], filter_string, max_results=size, page_token=token),
            at_once=_PAGE,
        )


def _table_path(artifact_file: str) -> ArtifactPath:
    path = arguments.artifact_file(artifact_file)
    if not path.endswith(tables.SUFFIXES):
        raise InvalidArtifactPath(path, "is not the name of a table", "one that ends in .json or .parquet")
    return path


def _entries(run: Run) -> list[dict[str, str]]:
    """What the tag says that was logged; nothing where it is not what we and MLflow write."""
    try:
        listed = json.loads(run.data.tags.get(LOGGED_ARTIFACTS, "[]"))
    except ValueError:
        return []
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def _logged(run: Run, kind: str) -> set[str]:
    return {entry.get("path", "") for entry in _entries(run) if entry.get("type") == kind}


def _with_table(run: Run, path: ArtifactPath) -> Tag:
    """The tag that lists this table too.

    Raises:
        InvalidValue: The tag would grow too long.
    """
    entries = _entries(run)
    if str(path) not in _logged(run, "table"):
        entries.append({"path": str(path), "type": "table"})
    return Tag(LOGGED_ARTIFACTS, json.dumps(entries))
