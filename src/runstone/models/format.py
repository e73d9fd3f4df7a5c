"""The file ``MLmodel``, which says what the other files of a model's folder are.

Its keys are MLflow's, so that either side reads the other's folders.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidSignature, InvalidValue, Unsupported
from runstone.models import example
from runstone.models.schema import ParamSchema, Schema
from runstone.models.signature import ModelSignature

MLMODEL = "MLmodel"
# The signature with all that is known of it, which the file MLmodel has no place for.
SCHEMA = "schema.json"
PYFUNC = "python_function"
# Our own block among the flavors: what MLflow's readers do not know, and leave alone.
RUNSTONE = "runstone"
# The key that says that the signature is that of type hints.
FROM_HINTS = "is_signature_from_type_hint"
# What names a model elsewhere.
_URI = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
_PLAIN_VALUES = f"the file {MLMODEL!r} holds plain values: texts, numbers, truths, and lists and dicts of them"
# How many values the file may hold.
_MOST = 100_000
# The newest layout of a folder that this version reads.
FORMAT = 1


@dataclass(kw_only=True)
class Model:
    """What the file ``MLmodel`` says of a model.

    Attributes:
        flavors: For each way to load the model, what that way needs to know.
        signature: What the model takes and gives; ``None`` if nobody said.
        saved_input_example_info: Where the example is and how it is written; ``None`` without one.
        metadata: What its maker wants to be known besides; what JSON can hold.
        model_id: Id of the logged model that it is; ``None`` for one that was only saved.
        run_id: The run that made it; ``None`` for none.
        artifact_path: Where it was logged to.
        model_uuid: 32 hexadecimal digits, other for each folder.
        utc_time_created: As ``2026-11-29 03:18:16.449811``.
        model_size_bytes: Length of all its files together.
        others: Keys that this version knows nothing of; written back as they were.
        folder: The folder that it was read from, or saved to; ``None`` for neither.
    """

    flavors: dict[str, dict[str, Any]] = field(default_factory=dict)
    signature: ModelSignature | None = None
    saved_input_example_info: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    model_id: str | None = None
    run_id: str | None = None
    artifact_path: str | None = None
    model_uuid: str = field(default_factory=lambda: uuid4().hex)
    utc_time_created: str = field(default_factory=lambda: str(datetime.now(UTC).replace(tzinfo=None)))
    model_size_bytes: int | None = None
    others: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = field(default=None, init=False, repr=False, compare=False)

    def add_flavor(self, name: str, **settings: Any) -> "Model":
        """Add a way to load the model, or replace one."""
        self.flavors[name] = settings
        return self

    def get_input_schema(self) -> Schema | None:
        """What the model takes; ``None`` if nobody said."""
        return self.signature.inputs if self.signature else None

    def get_output_schema(self) -> Schema | None:
        """What it gives; ``None`` if nobody said."""
        return self.signature.outputs if self.signature else None

    def get_params_schema(self) -> ParamSchema | None:
        """Which params its ``predict`` knows; ``None`` for none."""
        return self.signature.params if self.signature else None

    @property
    def mlflow_version(self) -> str | None:
        """The version of MLflow that saved it; ``None`` if that was none."""
        return self.others.get("mlflow_version")

    def load_input_example(self, path: str | Path | None = None) -> Any:
        """The example of what it takes; ``None`` if it was saved without one.

        Args:
            path: The model's folder; the one that this was read from if ``None``.

        Returns:
            The rows, as they were given when the model was saved; of a model that MLflow saved, as the signature has
            them.

        Raises:
            InvalidModel: The example cannot be read.
            InvalidValue: No folder is given, and this was read from none.
            Unsupported: A library that the example is of is not installed.
        """
        return self._example(path)[0]

    def load_input_example_params(self, path: str | Path | None = None) -> dict[str, Any] | None:
        """The params that belong to the example; ``None`` for none.

        The argument and the errors are those of :meth:`load_input_example`.
        """
        params: dict[str, Any] | None = self._example(path)[1]
        return params

    def get_serving_input(self, path: str | Path | None = None) -> str | None:
        """The body of a request that asks about the example, when the model is served; ``None`` without an example.

        The argument and the errors are those of :meth:`load_input_example`.
        """
        if self.saved_input_example_info is None:
            return None
        file = self._place(path) / example.SERVING
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidModel(f"the example {str(file)!r} cannot be read: {error}") from error

    def _example(self, path: str | Path | None) -> tuple[Any, Any]:
        if self.saved_input_example_info is None:
            return None, None
        return example.read(self._place(path), self.saved_input_example_info, self.signature)

    def _place(self, path: str | Path | None) -> Path:
        found = self.folder if path is None else Path(path)
        if found is None:
            raise InvalidValue("the model was read from no folder; give its path")
        return found

    def to_dict(self) -> dict[str, Any]:
        """What the file holds, by its keys."""
        written: dict[str, Any] = dict(self.others)
        for key in _KEYS:
            value = getattr(self, key)
            if value is not None:
                written[key] = value.to_dict() if key == "signature" else value
        return dict(sorted(written.items(), key=lambda item: str(item[0])))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Model":
        """The model that such a dict describes.

        Raises:
            InvalidModel: It is no such dict, or describes a newer layout than this version reads.
        """
        given: object = content
        if not isinstance(given, Mapping):
            raise InvalidModel(
                f"a model is described by a mapping, as the file {MLMODEL!r} holds it; got {shown(given)}"
            )
        flavors = given.get("flavors")
        if not isinstance(flavors, dict) or not all(isinstance(each, dict) for each in flavors.values()):
            raise InvalidModel(f"'flavors' of a model is a mapping of names to settings; got {shown(flavors)}")
        _check_layout(flavors.get(RUNSTONE, {}).get("format", FORMAT))
        known: dict[str, Any] = {key: content[key] for key in _KEYS if content.get(key) is not None}
        for key in ("metadata", "saved_input_example_info"):
            if not isinstance(known.get(key, {}), dict):
                raise InvalidModel(f"{key!r} of a model is a mapping; got {shown(known[key])}")
        if "signature" in known:
            known["signature"] = _signature(known["signature"])
            if content.get(FROM_HINTS) and known["signature"].inputs is not None:
                known["signature"].inputs.container = "list"  # of values, which is no table to such a model
        return cls(**known, others={key: value for key, value in content.items() if key not in _KEYS})

    def to_json(self) -> str:
        """What the file holds, as a text of JSON.

        Raises:
            InvalidValue: Something in it is no plain value.
        """
        try:
            return json.dumps(self.to_dict())
        except (TypeError, ValueError) as error:
            raise InvalidValue(f"{_PLAIN_VALUES}: {error}") from None

    def to_yaml(self) -> str:
        """What the file holds, as it is written.

        Raises:
            InvalidValue: Something in it is no plain value.
            Unsupported: PyYAML is not installed.
        """
        yaml = _yaml()
        try:
            return str(yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True))
        except yaml.representer.RepresenterError as error:
            raise InvalidValue(
                f"{_PLAIN_VALUES}; got {shown(error.args[-1])} in metadata, model_config or an option"
            ) from None

    def save(self, path: str | Path) -> None:
        """Write the file.

        Args:
            path: The folder that it goes into, or the file ``MLmodel`` in it.

        Raises:
            InvalidValue: Something in it is no plain value.
            Unsupported: PyYAML is not installed.
        """
        written = self.to_yaml().encode()
        folder = Path(path).parent if Path(path).name == MLMODEL else Path(path)
        (folder / MLMODEL).write_bytes(written)
        self.folder = folder.absolute()

    @classmethod
    def load(cls, folder: str | Path) -> "Model":
        """Read the file of a folder.

        Args:
            folder: The folder, or the file ``MLmodel`` in it.

        Raises:
            InvalidModel: There is none, or it cannot be read.
            Unsupported: PyYAML is not installed.
        """
        yaml = _yaml()
        if _URI.match(str(folder)):
            raise InvalidModel(
                f"Model.load takes a folder of this machine; got {shown(str(folder))}: get_model_info takes URIs"
            )
        folder = Path(folder)
        if folder.name == MLMODEL and folder.is_file():
            folder = folder.parent
        file = folder / MLMODEL
        try:
            text = file.read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise InvalidModel(
                f"{str(folder)!r} is no folder of a model: it has no file {MLMODEL!r}; check the path"
            ) from None
        except UnicodeDecodeError as error:
            raise InvalidModel(f"{str(file)!r} is no YAML: {error}") from None
        try:
            content = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError) as error:
            raise InvalidModel(f"{str(file)!r} is no YAML: {error}") from error
        _check_size(content, file)
        if not isinstance(content, dict):
            raise InvalidModel(f"{str(file)!r} holds no mapping; got {shown(content)}")
        found = cls.from_dict(content)
        found.folder = folder.absolute()
        return found


_KEYS = (
    "artifact_path",
    "flavors",
    "metadata",
    "model_id",
    "model_size_bytes",
    "model_uuid",
    "run_id",
    "saved_input_example_info",
    "signature",
    "utc_time_created",
)


def _signature(found: Any) -> ModelSignature:
    try:
        return ModelSignature.from_dict(found)
    except (InvalidSignature, RecursionError) as error:
        raise InvalidModel(f"the signature of a model cannot be read: {error}") from error


def _check_layout(layout: object) -> None:
    if not isinstance(layout, int) or layout > FORMAT:
        raise InvalidModel(
            f"the model was saved in layout {shown(layout)} by a newer Runstone; this one reads up to {FORMAT}: upgrade"
        )


def _check_size(content: Any, file: Path) -> None:
    """A few lines of YAML that name one another can stand for more than any memory holds."""
    waiting, count = [content], 0
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        count += 1
        if count > _MOST:
            raise InvalidModel(f"{str(file)!r} holds more than {_MOST:,} values, as no model's does")


def _yaml() -> Any:
    try:
        import yaml
    except ModuleNotFoundError:
        raise Unsupported(
            'models need PyYAML, which this installation lacks; install it with: pip install "runstone[models]"'
        ) from None
    return yaml
