"""What each flavor does. The cases of ``runstone.testing.flavors`` are this contract in tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from runstone.models.signature import ModelSignature

# Takes rows and params, gives predictions.
Predict = Callable[[Any, dict[str, Any] | None], Any]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a flavor says of the files it wrote.

    Attributes:
        flavor: Its own block of ``MLmodel``, by MLflow's keys.
        pyfunc: What MLflow's generic way of loading must know besides, such as ``{"model_path": "model.skops"}``.
        modules: Modules that the model cannot do without, besides those that the flavor names.
        signature: What the model says itself that it takes and gives; ``None`` if it says nothing.
        takes_params: Whether it takes params when it predicts.
    """

    flavor: dict[str, Any]
    pyfunc: dict[str, Any] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    signature: ModelSignature | None = None
    takes_params: bool = True


class Flavor(Protocol):
    """How models of one library become files and come back.

    All that flavors share is outside of them: signature, example, requirements, manifest, upload, registration.

    Attributes:
        name: Key in ``MLmodel``, and the place ``runstone.NAME``.
        argument: What MLflow calls the model in ``save_model`` of this flavor.
        loader_module: What MLflow loads it with.
        modules: Modules that models of this kind need, by the names they are imported by.
    """

    name: ClassVar[str]
    argument: ClassVar[str]
    loader_module: ClassVar[str]
    modules: ClassVar[tuple[str, ...]]

    def accepts(self, model: object) -> bool:
        """Whether it keeps models such as this one; imports nothing to find out."""
        ...

    def save(self, model: Any, folder: Path) -> Saved:
        """Write the model's own files into a folder; a flavor may take options of its own by keyword.

        One that takes ``input_example`` by keyword is given the example that is kept beside the model.

        Raises:
            InvalidValue: The model, or an option, is none that it can keep.
        """
        ...

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Why opening a model with these settings runs code out of its files; empty where it does not."""
        ...

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The model, as the library knows it.

        Args:
            folder: The model's folder.
            settings: The flavor's block of ``MLmodel``, by Runstone or by MLflow, and what the block
                ``python_function`` says besides.

        Raises:
            InvalidModel: The files cannot be read.
        """
        ...

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:
        """How a loaded model predicts.

        Args:
            model: What ``load`` gave.
            settings: As for :meth:`load`.
        """
        ...
