"""What is logged of an evaluation."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath

from runstone.client import arguments, context
from runstone.client.fluent import lineage, runs, values
from runstone.client.fluent.target import target
from runstone.data import Dataset
from runstone.entities.names import check_key
from runstone.evaluation import document
from runstone.evaluation.document import Evaluation
from runstone.evaluation.request import Request
from runstone.evaluation.result import FILE, EvaluationArtifact, EvaluationResult

FOLDER = "evaluation"
_TABLES = ("per_class_metrics", "slices", "importance", "shap", "comparison", "horizons")


def record(evaluation: Evaluation, files: Mapping[str, bytes], dataset: Dataset, request: Request) -> EvaluationResult:
    """Log metrics, data and files to the active run, or to one of its own.

    Args:
        evaluation: What was found.
        files: Pictures and tables, by name.
        dataset: The data.
        request: May have a prefix, and name the logged model.

    Raises:
        InvalidValue: A metric or a file has a name that none may have; nothing is logged then.
    """
    prefix = request.options.metric_prefix
    for name in evaluation.metrics:
        check_key("metric", f"{prefix}{name}")
    for name in files:
        arguments.artifact_file(f"{_folder(prefix)}/{name}")
    if context.active() is not None:
        return _record(evaluation, files, dataset, prefix)
    with runs.start_run():
        return _record(evaluation, files, dataset, prefix)


def tables(evaluation: Evaluation) -> dict[str, bytes]:
    """What is in ``evaluation.json`` as well, as CSV for spreadsheets, by the name of the file."""
    found = EvaluationResult(evaluation, {}).tables
    return {f"{name}.csv": found[name].to_csv(index=False).encode() for name in _TABLES if name in found}


def _folder(prefix: str) -> str:
    part = prefix.strip("_-./: ")
    return f"{FOLDER}/{part}" if part else FOLDER


def _record(evaluation: Evaluation, files: Mapping[str, bytes], dataset: Dataset, prefix: str) -> EvaluationResult:
    client, run_id = target()
    folder = _folder(prefix)
    lineage.log_input(dataset, context=PurePosixPath(folder).name)
    artifacts = {}
    for name, data in {FILE: document.encode(evaluation), **files}.items():
        client.log_stream(run_id, BytesIO(data), f"{folder}/{name}")
        if name != FILE:
            uri = f"runs:/{run_id}/{folder}/{name}"
            artifacts[PurePosixPath(name).stem] = EvaluationArtifact(name, data, uri)
    result = EvaluationResult(evaluation, artifacts, run_id, prefix)
    values.log_metrics(result.metrics, model_id=evaluation.model_id, dataset=dataset)
    return result
