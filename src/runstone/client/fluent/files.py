"""Artifacts of the active run; one is started where there is none."""

import os
from typing import TYPE_CHECKING, Any, BinaryIO

from runstone.artifacts import resolve
from runstone.client import arguments, choices
from runstone.client.fluent.target import target

if TYPE_CHECKING:
    import pandas
    import polars


def log_artifact(
    local_path: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Store a local file, or a folder with all in it. See ``Client.log_artifact``.

    Args:
        local_path: The file or folder.
        artifact_path: Folder of the run that it is put into, under its own name; the root if ``None``.
        run_id: The run; the active one if ``None``.

    Raises:
        LocalFileNotFound: There is no such file.
        InvalidArtifactPath: ``artifact_path`` or a file's name is not the name of an artifact.
    """
    client, run_id = target(run_id)
    client.log_artifact(run_id, local_path, artifact_path)


def log_artifacts(
    local_dir: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Store all that is in a local folder, several files at a time. See ``Client.log_artifacts``.

    Args:
        local_dir: The folder.
        artifact_path: Folder of the run that its contents are put into; the root if ``None``.
        run_id: The run; the active one if ``None``.

    Raises:
        LocalFileNotFound: There is no such folder.
        InvalidValue: It is no folder.
        InvalidArtifactPath: ``artifact_path`` or a file's name is not the name of an artifact; nothing is stored.
    """
    client, run_id = target(run_id)
    client.log_artifacts(run_id, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Store a text as an artifact, in UTF-8.

    Args:
        text: The text.
        artifact_file: Name of the artifact, such as ``notes/first.txt``.
        run_id: The run; the active one if ``None``.

    Raises:
        InvalidValue: ``text`` is none.
        InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
    """
    client, run_id = target(run_id)
    client.log_text(run_id, text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Store a dict or a list as an artifact. See ``Client.log_dict``.

    Args:
        dictionary: What JSON holds.
        artifact_file: Name of the artifact: YAML where it ends in ``.yaml`` or ``.yml``, else JSON.
        run_id: The run; the active one if ``None``.

    Raises:
        InvalidValue: It cannot be written so.
        InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
        Unsupported: YAML is wanted and PyYAML is not installed.
    """
    client, run_id = target(run_id)
    client.log_dict(run_id, dictionary, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None) -> None:
    """Store a figure as an artifact of the active run. See ``Client.log_figure``.

    Args:
        figure: A figure of matplotlib or of plotly.
        artifact_file: Name of the artifact; its suffix decides the format, such as ``.png`` or ``.html``.
        save_kwargs: Passed on to ``savefig`` of matplotlib, or ``to_html`` or ``to_image`` of plotly.

    Raises:
        InvalidValue: It is no figure, or cannot be written so.
        InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
    """
    client, run_id = target()
    client.log_figure(run_id, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Store an image of the active run, alone or as one of a series. See ``Client.log_image``.

    Args:
        image: A ``runstone.Image``, an image of PIL, or an array of numbers.
        artifact_file: Name of the artifact, for a single image.
        key: Or name of a series, which the page shows by step.
        step: Training step, for a series; 0 if ``None``.
        timestamp: Milliseconds since the Unix epoch, UTC, for a series; now if ``None``.
        synchronous: Accepted; images are stored at once so far.

    Raises:
        InvalidValue: It is no image, or not one of ``artifact_file`` and ``key`` is given.
        InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
        Unsupported: Pillow is not installed.
    """
    client, run_id = target()
    client.log_image(run_id, image, artifact_file, key, step, timestamp, synchronous)


def log_stream(stream: BinaryIO, artifact_file: str, run_id: str | None = None) -> None:
    """Store what a binary stream gives as an artifact, with flat memory.

    Args:
        stream: Something with ``read(size)`` that gives bytes, read to its end.
        artifact_file: Name of the artifact.
        run_id: The run; the active one if ``None``.

    Raises:
        InvalidValue: The stream gives no bytes.
        InvalidArtifactPath: ``artifact_file`` is not the name of an artifact.
    """
    client, run_id = target(run_id)
    client.log_stream(run_id, stream, artifact_file)


def log_table(
    data: "dict[str, Any] | pandas.DataFrame | polars.DataFrame", artifact_file: str, run_id: str | None = None
) -> None:
    """Store a table, or add rows to one that is there. See ``Client.log_table``.

    Args:
        data: A frame of pandas or polars, or a dict from column to values.
        artifact_file: Name of the artifact, ending in ``.json`` or ``.parquet``.
        run_id: The run; the active one if ``None``.

    Raises:
        InvalidValue: ``data`` is no table.
        InvalidArtifactPath: ``artifact_file`` is not such a name.
        Unsupported: pandas, or pyarrow for Parquet, is not installed.
    """
    client, run_id = target(run_id)
    client.log_table(run_id, data, artifact_file)


def load_table(
    artifact_file: str, run_ids: list[str] | None = None, extra_columns: list[str] | None = None
) -> "pandas.DataFrame":
    """The rows of one table of several runs of the chosen experiment. See ``Client.load_table``.

    Args:
        artifact_file: Name of the artifact.
        run_ids: The runs that are looked at; all of the experiment if ``None``.
        extra_columns: Columns of ``search_runs`` to add, such as ``run_id`` or ``params.lr``.

    Raises:
        ArtifactNotFound: None of the runs has such a table.
        InvalidValue: Runs have no such column.
        Unsupported: pandas, or pyarrow for Parquet, is not installed.
    """
    return choices.client().load_table(choices.experiment_id(), artifact_file, run_ids, extra_columns)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """The URI of an artifact of the active run, or of its root; it need not be there.

    Args:
        artifact_path: The file or folder; the root if ``None``.

    Raises:
        InvalidArtifactPath: It is not the name of an artifact.
    """
    path = arguments.artifact_path(artifact_path)
    client, run_id = target()
    return resolve.joined(client.get_run(run_id).info.artifact_uri, path)


def flush_artifact_async_logging() -> None:
    """Return when all artifacts are stored. They are by now: every call stores at once so far."""
