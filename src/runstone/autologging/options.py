"""What a user may choose about autologging, for all libraries; a library's own choices are added in its module."""

from collections.abc import Mapping
from numbers import Integral
from typing import Any

from msgspec import Struct

from runstone.entities import Tag
from runstone.entities.names import shown
from runstone.errors import InvalidValue


class Options(Struct, frozen=True, kw_only=True):
    """Choices that every library knows.

    Attributes:
        log_input_examples: Whether a few rows of the training data are kept with the model.
        log_model_signatures: Whether the model says which columns it takes and gives.
        log_models: Whether the fitted model is logged.
        log_datasets: Whether the run says what it was trained on.
        disable: Whether nothing is logged of this library.
        exclusive: Whether runs that the user has started are left alone: a fit within one is not logged.
        disable_for_unsupported_versions: Whether a version that is not tested is left alone.
        silent: Whether nothing is said about autologging, warnings included.
        registered_model_name: Name in the registry that each model becomes a version of.
        extra_tags: Tags of every run that is logged to.
    """

    log_input_examples: bool = False
    log_model_signatures: bool = True
    log_models: bool = True
    log_datasets: bool = True
    disable: bool = False
    exclusive: bool = False
    disable_for_unsupported_versions: bool = False
    silent: bool = False
    registered_model_name: str | None = None
    extra_tags: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for key, value in (self.extra_tags or {}).items():
            Tag(key, value)  # refuses what no tag can be, where it was written


class IterationOptions(Options, frozen=True, kw_only=True):
    """Choices of libraries that train by iterations.

    Attributes:
        log_every_n_iter: Log each iteration that is a multiple of it; as the budget allows if ``None``.
    """

    log_every_n_iter: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count("log_every_n_iter", self.log_every_n_iter)


def check_count(name: str, value: Any, *, least: int = 1) -> None:
    """See that a choice is a whole number, or ``None``.

    Raises:
        InvalidValue: It is none, or below the least one.
    """
    is_whole = not isinstance(value, bool) and isinstance(value, Integral)
    if value is not None and not (is_whole and value >= least):
        raise InvalidValue(f"{name} is a whole number, at least {least}, or None; got {shown(value)}")
