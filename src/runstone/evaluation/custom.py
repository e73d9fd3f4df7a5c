"""Metrics and artifacts that functions of one's own make."""

import inspect
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from runstone.client import arguments
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue
from runstone.evaluation.document import Evaluation, Measure
from runstone.evaluation.examples import Examples
from runstone.evaluation.metrics import EvaluationMetric
from runstone.evaluation.result import FILE
from runstone.media import documents, figures


def measures(
    metrics: Sequence[EvaluationMetric], outputs: pd.DataFrame, known: Mapping[str, Measure], found: Examples
) -> dict[str, Measure]:
    """Metrics of one's own.

    Args:
        metrics: What computes them.
        outputs: The columns ``prediction`` and ``target``.
        known: The metrics that are there already.
        found: The examples, whose columns they may ask for by name.

    Raises:
        InvalidValue: One gives no number, or asks for what is not there, or has a name that is taken.
    """
    computed: dict[str, Measure] = dict(known)
    made: dict[str, Measure] = {}
    for metric in metrics:
        if metric.name in computed:
            raise InvalidValue(f"there is a metric {metric.name!r} already; give yours another name")
        values = {name: measure.value for name, measure in computed.items()}
        given = _called(metric, outputs, values, found)
        if isinstance(given, bool) or not isinstance(given, Real):
            raise InvalidValue(
                f"the metric {metric.name!r} is a number; its function gave {shown(given)}, {a_class(given)}"
            )
        value = float(given)
        made[metric.name] = computed[metric.name] = Measure(
            value if math.isfinite(value) else None, greater_is_better=metric.greater_is_better
        )
    return made


def _called(metric: EvaluationMetric, outputs: pd.DataFrame, values: dict[str, float | None], found: Examples) -> Any:
    taken = inspect.signature(metric.eval_fn).parameters
    if "predictions" not in taken and "targets" not in taken:
        return metric.eval_fn(outputs, values)
    offered = {"predictions": outputs["prediction"], "targets": outputs.get("target"), "metrics": values}
    given: dict[str, Any] = {}
    for name, parameter in taken.items():
        if name in offered:
            given[name] = offered[name]
        elif name in found.frame.columns:
            given[name] = found.frame[name]
        elif parameter.default is parameter.empty and parameter.kind not in {
            parameter.VAR_KEYWORD,
            parameter.VAR_POSITIONAL,
        }:
            raise InvalidValue(
                f"the metric {metric.name!r} asks for {name!r}; there are predictions, targets, metrics and the "
                f"columns {', '.join(map(str, found.frame.columns[:20]))}"
            )
    return metric.eval_fn(**given)


def files(
    makers: Sequence[Callable[..., Any]], outputs: pd.DataFrame, evaluation: Evaluation, others: Iterable[str]
) -> dict[str, bytes]:
    """The files that functions of one's own make, by name.

    Args:
        makers: The functions.
        outputs: The columns ``prediction`` and ``target``.
        evaluation: Has the metrics, which they get as a dict.
        others: Names of the files that there are already.

    Raises:
        InvalidValue: One gives no dict from names to artifacts, an artifact that has no file format, or one by the name
            of another, which the end of their files does not tell apart.
    """
    taken = {PurePosixPath(file).stem: file for file in (FILE, *others)}
    values = {name: measure.value for name, measure in evaluation.metrics.items() if measure.value is not None}
    found: dict[str, bytes] = {}
    for make in makers:
        with TemporaryDirectory(prefix="runstone-") as folder:
            made = make(outputs, dict(values), folder)
            if not isinstance(made, Mapping):
                raise InvalidValue(
                    "a function of custom_artifacts gives a dict from name to artifact; "
                    f"{getattr(make, '__name__', 'one')} gave {shown(made)}, {a_class(made)}"
                )
            for name, artifact in made.items():
                file, data = _file(str(name), artifact, Path(folder))
                stem = PurePosixPath(file).stem
                if (other := taken.get(stem)) is not None:
                    raise InvalidValue(f"there is a file {other!r} already; give the artifact {name!r} another name")
                taken[stem] = file
                found[arguments.artifact_file(file)] = data
    return found


def _file(name: str, artifact: Any, folder: Path) -> tuple[str, bytes]:
    """Name and bytes of the file of an artifact."""
    if isinstance(artifact, str | Path):
        path = folder / artifact
        if path.is_file():
            return f"{name}{path.suffix}", path.read_bytes()
        if isinstance(artifact, Path):
            raise InvalidValue(f"the artifact {name!r} is a file that is not there: {str(artifact)!r}")
        return (f"{name}.json" if _is_json(artifact) else f"{name}.txt"), documents.encode_text(artifact)
    if isinstance(artifact, pd.DataFrame):
        return f"{name}.csv", artifact.to_csv(index=False).encode()
    if isinstance(artifact, np.ndarray):
        return f"{name}.csv", pd.DataFrame(artifact).to_csv(index=False, header=False).encode()
    if isinstance(artifact, Mapping | list):
        return f"{name}.json", documents.encode(artifact, ".json")
    if hasattr(artifact, "savefig"):
        return f"{name}.png", figures.encode(artifact, ".png")
    raise InvalidValue(
        f"the artifact {name!r} is a path, a figure, a frame, an array, a dict, a list or a text; got "
        f"{shown(artifact)}, {a_class(artifact)}: write it to a file in the folder, and give its path"
    )


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False
