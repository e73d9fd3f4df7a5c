"""Results of statsmodels, by its own way to keep them, which is a pickle."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.flavors import libraries, pickles
from runstone.flavors.base import Predict, Saved

_FILE = "model.statsmodels"
_RESULTS = ("statsmodels.base.wrapper.ResultsWrapper", "statsmodels.base.model.Results")
_SERIES = "statsmodels.tsa.base.tsa_model.TimeSeriesModel"


class StatsmodelsFlavor:
    """Keeps what ``fit`` of a model of statsmodels gives."""

    name: ClassVar[str] = "statsmodels"
    argument: ClassVar[str] = "statsmodels_model"
    loader_module: ClassVar[str] = "mlflow.statsmodels"
    modules: ClassVar[tuple[str, ...]] = ("statsmodels",)

    def accepts(self, model: object) -> bool:
        """Whether it is what ``fit`` gave."""
        return libraries.is_a(model, *_RESULTS)

    def save(self, model: Any, folder: Path, *, remove_data: bool = False) -> Saved:
        """Write ``model.statsmodels``.

        Args:
            model: What ``fit`` gave.
            folder: The model's folder.
            remove_data: Whether to leave out the data that it was fitted to, as far as statsmodels can; from the
                model in memory too.

        Raises:
            InvalidValue: It is nothing that ``fit`` gave, or cannot be pickled.
        """
        if not self.accepts(model):
            raise InvalidValue(
                f"statsmodels_model is what fit of a model gives; got a {libraries.class_name(type(model))}"
            )
        if remove_data:
            model.remove_data()
        pickles.dump(model, folder / _FILE)
        return Saved(
            flavor={
                "code": None,
                "data": _FILE,
                "statsmodels_version": libraries.imported("statsmodels", install="runstone[statsmodels]").__version__,
            },
            pyfunc={"data": _FILE},
            modules=pickles.modules(folder / _FILE),
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Always: statsmodels has no other format."""
        return f"{settings.get('data', _FILE)} is a pickle"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """What ``fit`` gave.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: statsmodels is not installed.
        """
        libraries.imported("statsmodels", install="runstone[statsmodels]")
        file = libraries.file_of(folder, settings, "data", _FILE)
        return pickles.load(file, python=settings.get("python_version"))

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls ``predict``; a model of a time series takes one row with the columns ``start`` and ``end``."""
        if not libraries.is_a(model.model, _SERIES):
            return lambda rows, params: model.predict(rows, **(params or {}))

        def predict(rows: Any, params: dict[str, Any] | None) -> Any:
            if not {"start", "end"} <= set(getattr(rows, "columns", ())) or len(rows) != 1:
                raise InvalidValue(
                    f"a model of a time series takes a frame of one row with the columns 'start' and 'end'; "
                    f"got {shown(rows)}"
                )
            first = rows.iloc[0]
            return model.predict(start=first["start"], end=first["end"], **(params or {}))

        return predict
