"""What the script of a model says: which object is the model, and what it wants to be configured with.

A model may be kept as a script instead of a pickle: the script makes the model when it is loaded, and hands it over
with ``set_model``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidState, InvalidValue, LocalFileNotFound, ModelSettingNotFound


@dataclass
class Said:
    """What a script said while it ran.

    Attributes:
        given: Settings that it is run with; ``None`` for none.
        config: Settings that it used: those, or its own; ``None`` if it asked for none.
        models: What it handed to ``set_model``.
    """

    given: dict[str, Any] | None
    config: dict[str, Any] | None = None
    models: list[Any] = field(default_factory=list)


_running: ContextVar[Said | None] = ContextVar("_running", default=None)


@contextmanager
def running(config: dict[str, Any] | None) -> Iterator[Said]:
    """Listen to a script that runs inside."""
    said = Said(config)
    token = _running.set(said)
    try:
        yield said
    finally:
        _running.reset(token)


def set_model(model: Any) -> None:
    """Say which object is the model, in a script that is kept as one.

    A script that is run by itself may call it as well; nothing comes of it then.

    Args:
        model: An instance of a class made of ``runstone.pyfunc.PythonModel``, or a function.

    Raises:
        InvalidValue: It is a class.
        InvalidState: The script has called it before.

    Example:
        >>> set_model(lambda model_input: model_input * 2)
    """
    if isinstance(model, type):
        raise InvalidValue(f"set_model takes an instance; got the class {model.__name__}: write {model.__name__}()")
    said = _running.get()
    if said is None:
        return
    if said.models:
        raise InvalidState(
            f"set_model was called before, with {shown(said.models[0])}; a script is one model: call it once"
        )
    said.models.append(model)


class ModelConfig:
    """Settings of a model that is kept as a script.

    What was given as ``model_config`` when the model was saved or loaded goes before what stands in the script.

    Args:
        development_config: What holds where nobody gave a ``model_config``: a dict, or the path of a YAML file.

    Raises:
        InvalidValue: There are no settings, or they are no mapping.
        LocalFileNotFound: The file is not there.

    Example:
        >>> ModelConfig(development_config={"depth": 4}).get("depth")
        4
    """

    def __init__(self, *, development_config: str | Path | Mapping[str, Any] | None = None) -> None:
        said = _running.get()
        if said is not None and said.given is not None:
            self._settings = said.given
        elif development_config is not None:
            self._settings = config_of("development_config", development_config)
        else:
            raise InvalidValue(
                "the model asks for its settings, and there are none: give model_config={...} where it is saved or "
                "loaded, or ModelConfig(development_config={...}) in the script"
            )
        if said is not None:
            said.config = self._settings

    def get(self, key: str) -> Any:
        """A setting.

        Raises:
            ModelSettingNotFound: There is none of this name; a ``KeyError`` as well.
        """
        if key not in self._settings:
            raise ModelSettingNotFound(key, [str(each) for each in self._settings])
        return self._settings[key]

    def to_dict(self) -> dict[str, Any]:
        """All settings."""
        return dict(self._settings)


def config_of(what: str, given: str | Path | Mapping[str, Any]) -> dict[str, Any]:
    """Settings as users give them: a dict, or the path of a YAML file.

    Args:
        what: What they are called, for messages.
        given: The dict or the path.

    Raises:
        InvalidValue: They are no mapping.
        LocalFileNotFound: The file is not there.
    """
    if isinstance(given, str | Path):
        import yaml

        file = Path(given)
        if not file.is_file():
            raise LocalFileNotFound(str(file))
        try:
            given = yaml.safe_load(file.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InvalidValue(f"{what}: {str(file)!r} is no YAML: {error}") from error
    if not isinstance(given, Mapping):
        raise InvalidValue(f"{what} is a dict, or the path of a YAML file that holds one; got {shown(given)}")
    return dict(given)
