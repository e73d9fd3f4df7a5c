"""The flavor: how Runstone keeps a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.errors import InvalidValue
from runstone.flavors import libraries
from runstone.flavors.base import Predict, Saved
from runstone_lookup import LookupTable


class LookupFlavor:
    """Keeps tables as ``table.npz``."""

    name: ClassVar[str] = "lookup"
    argument: ClassVar[str] = "table"
    loader_module: ClassVar[str] = "runstone_lookup"
    modules: ClassVar[tuple[str, ...]] = ("runstone_lookup",)

    def accepts(self, model: object) -> bool:
        """Whether it is a table."""
        return isinstance(model, LookupTable)

    def save(self, model: Any, folder: Path) -> Saved:
        """Write ``table.npz``."""
        if not self.accepts(model):
            raise InvalidValue(f"table is a LookupTable; got a {type(model).__name__}")
        model.save(folder / "table.npz")
        return Saved(flavor={"data": "table.npz"}, pyfunc={"data": "table.npz"})

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Never: it is numbers."""
        return ""

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The table."""
        file = libraries.file_of(folder, settings, "data", "table.npz")
        with libraries.reading(file, "numpy"):
            return LookupTable.load(file)

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:
        """Calls ``predict``."""
        return lambda rows, params: model.predict(rows)
