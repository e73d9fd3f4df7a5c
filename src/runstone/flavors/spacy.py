"""Pipelines of spaCy, as its own folder: files that run no code when they are opened."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.errors import InvalidValue
from runstone.flavors import libraries, pytorch
from runstone.flavors.base import Predict, Saved

_FOLDER = "model.spacy"


class SpacyFlavor:
    """Keeps pipelines of spaCy; those that put texts into categories predict."""

    name: ClassVar[str] = "spacy"
    argument: ClassVar[str] = "spacy_model"
    loader_module: ClassVar[str] = "mlflow.spacy"
    modules: ClassVar[tuple[str, ...]] = ("spacy",)

    def accepts(self, model: object) -> bool:
        """Whether it is a pipeline of spaCy."""
        return libraries.is_a(model, "spacy.language.Language")

    def save(self, model: Any, folder: Path) -> Saved:
        """Write ``model.spacy``, a folder.

        Raises:
            InvalidValue: It is no pipeline of spaCy.
        """
        if not self.accepts(model):
            raise InvalidValue(f"spacy_model is a pipeline of spacy; got a {libraries.class_name(type(model))}")
        model.to_disk(folder / _FOLDER)
        return Saved(
            flavor={
                "code": None,
                "data": _FOLDER,
                "spacy_version": libraries.imported("spacy", install="spacy").__version__,
            },
            pyfunc={"data": _FOLDER},
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Whether PyTorch is there and too old: a part may be a network, which spaCy leaves to PyTorch to read.

        All other parts are named, and looked up among those that are installed.
        """
        return libraries.outdated("torch", pytorch.SAFE_FROM)

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The pipeline.

        Raises:
            InvalidModel: The folder cannot be read.
            Unsupported: spaCy is not installed.
        """
        spacy = libraries.imported("spacy", install="spacy")
        place = libraries.file_of(folder, settings, "data", _FOLDER)
        with libraries.reading(place, "spacy"):
            return spacy.load(place)

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Puts the texts of a frame's only column, or of a list, into categories."""
        import pandas

        def predict(rows: Any, params: dict[str, Any] | None) -> Any:  # noqa: ARG001 - a pipeline has none
            if not {"textcat", "textcat_multilabel"} & set(model.pipe_names):
                raise InvalidValue(
                    "a pipeline of spaCy predicts if it has a text categorizer; "
                    f"this one has {', '.join(model.pipe_names) or 'nothing'}: use what spacy.load_model gives"
                )
            if isinstance(rows, pandas.DataFrame) and len(rows.columns) != 1:
                raise InvalidValue(
                    f"a pipeline of spaCy takes a frame of one column of texts; got the columns {list(rows.columns)}"
                )
            texts = rows.iloc[:, 0] if isinstance(rows, pandas.DataFrame) else rows
            return pandas.DataFrame({"predictions": [text.cats for text in model.pipe(texts)]})

        return predict
