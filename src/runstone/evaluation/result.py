"""What ``evaluate`` gives back."""

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from runstone.client.fluent import artifacts as artifact_verbs
from runstone.entities.names import shown
from runstone.errors import InvalidState, InvalidValue, LocalFileNotFound
from runstone.evaluation import document
from runstone.evaluation.document import Evaluation, Measure

if TYPE_CHECKING:
    import pandas

FILE = "evaluation.json"


class EvaluationArtifact(Struct, frozen=True):
    """A file that belongs to an evaluation: a picture, a table, or what a function of one's own made.

    Attributes:
        file: Its name.
        data: What it holds.
        uri: Where it is kept with the run; ``None`` where it is not.
    """

    file: str
    data: bytes
    uri: str | None = None

    def __repr__(self) -> str:
        return f"<EvaluationArtifact: {self.file}, {len(self.data)} bytes>"

    def _repr_png_(self) -> bytes | None:
        return self.data if self.file.endswith(".png") else None


class EvaluationResult(Struct, frozen=True, eq=False):
    """Metrics of a model, with their intervals, curves, tables and pictures.

    Attributes:
        evaluation: All of it, as ``evaluation.json`` has it.
        artifacts: The files by name, without their suffix.
        run_id: The run that it was logged to; ``None`` where it was read from a folder.
        prefix: What stands before the names of the metrics.

    Example:
        >>> import pandas, runstone
        >>> frame = pandas.DataFrame({"y": [1.0, 2.0, 3.0], "guess": [1.0, 2.0, 4.0]})
        >>> result = runstone.evaluate(data=frame, targets="y", predictions="guess", model_type="regressor")
        >>> result.metrics["mean_absolute_error"], result.metrics["max_error"]
        (0.3333333333333333, 1.0)
    """

    evaluation: Evaluation
    artifacts: Mapping[str, EvaluationArtifact]
    run_id: str | None = None
    prefix: str = ""

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics by name; those that are not defined are not there."""
        return {
            f"{self.prefix}{name}": measure.value
            for name, measure in self.evaluation.metrics.items()
            if measure.value is not None
        }

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """The two ends of each metric's interval, for those that have one."""
        return {
            f"{self.prefix}{name}": (measure.low, measure.high)
            for name, measure in self.evaluation.metrics.items()
            if measure.low is not None and measure.high is not None
        }

    @property
    def tables(self) -> "dict[str, pandas.DataFrame]":
        """Frames of pandas by name: ``metrics``, and, where they are there, ``slices``, ``comparison`` and so on."""
        import pandas

        return {name: pandas.DataFrame(rows) for name, rows in _rows(self.evaluation).items() if rows}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all into a folder, which is made.

        Args:
            path: The folder; one that is there is empty.

        Raises:
            InvalidState: It is there, and not empty.
        """
        folder = Path(path)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidState(f"{str(folder)!r} is there already; name a new folder, so that nothing is mixed")
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.files().items():
            (folder / name).write_bytes(data)

    def files(self) -> dict[str, bytes]:
        """The files that it is kept in, by name."""
        kept = {artifact.file: artifact.data for artifact in self.artifacts.values()}
        return {FILE: document.encode(self.evaluation), **kept}

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "EvaluationResult":
        """Read what ``save`` wrote, or what a run keeps.

        Args:
            path: The folder, or an address such as ``runs:/RUN_ID/evaluation``.

        Raises:
            ArtifactNotFound: There is nothing at this address.
            InvalidValue: What is there is no evaluation, or of a newer version.
            LocalFileNotFound: There is no such folder.
        """
        folder = Path(path)
        if isinstance(path, str) and ":/" in path:
            folder = Path(artifact_verbs.download_artifacts(path))
        if not folder.is_dir():
            raise LocalFileNotFound(str(folder))
        if not (folder / FILE).is_file():
            raise InvalidValue(f"{shown(str(path))} holds no {FILE}; name the folder that it is in")
        found = document.decode((folder / FILE).read_bytes(), str(folder / FILE))
        files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != FILE)
        return cls(found, {file.stem: EvaluationArtifact(file.name, file.read_bytes()) for file in files})

    def __repr__(self) -> str:
        kind = self.evaluation.model_type or "model"
        told = [f"<EvaluationResult: {kind}, {self.evaluation.examples} examples"]
        width = max((len(name) for name in self.evaluation.metrics), default=0)
        told += [f"  {name:<{width}}  {_told(measure)}" for name, measure in self.evaluation.metrics.items()]
        told += [f"  note: {note}" for note in self.evaluation.notes]
        return "\n".join(told) + ">"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(name)}</td><td>{_number(measure.value)}</td>"
            f"<td>{escape(_ends(measure))}</td></tr>"
            for name, measure in self.evaluation.metrics.items()
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.evaluation.notes)
        level = self.evaluation.bootstrap and f"{self.evaluation.bootstrap.level:.0%} interval"
        return (
            f"<p>{escape(self.evaluation.model_type or 'model')} {escape(self.evaluation.model)}, "
            f"{self.evaluation.examples} examples</p>"
            f"<table><thead><tr><th>metric</th><th>value</th><th>{level or ''}</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>" + (f"<ul>{notes}</ul>" if notes else "")
        )


def _number(value: float | None) -> str:
    if value is None:
        return "not defined"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.4g}"


def _ends(measure: Measure) -> str:
    return "" if measure.low is None or measure.high is None else f"{measure.low:.4g} to {measure.high:.4g}"


def _told(measure: Measure) -> str:
    ends = _ends(measure)
    return f"{_number(measure.value)}" + (f"  ({ends})" if ends else "")


def _rows(found: Evaluation) -> dict[str, list[dict[str, object]]]:
    """What the tables hold, row by row."""
    importance, shap = found.importance.features if found.importance else [], found.shap
    comparison = found.comparison.metrics if found.comparison else {}
    return {
        "metrics": [{"metric": name, **_fields(measure)} for name, measure in found.metrics.items()],
        "per_class_metrics": [{"label": label, **values} for label, values in (found.classes or {}).items()],
        "slices": [
            {
                "slice": part.name,
                "examples": part.examples,
                **{name: measure.value for name, measure in part.metrics.items()},
            }
            for part in found.slices
        ],
        "importance": [_fields(feature) for feature in importance],
        "shap": []
        if shap is None
        else [
            {"name": each.name, "mean": each.mean}
            | {f"mean of {label}": value for label, value in zip(shap.labels, each.by_label, strict=True)}
            for each in shap.features
        ],
        "comparison": [{"metric": name, **_fields(difference)} for name, difference in comparison.items()],
        "horizons": [_fields(horizon) for horizon in found.horizons],
        "checks": [_fields(check) for check in found.checks],
    }


def _fields(struct: object) -> dict[str, object]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}  # type: ignore[attr-defined]  # a struct
