"""The states that experiments, runs and versions of models are in."""

from enum import StrEnum

from runstone.errors import InvalidValue


class _Numbered(StrEnum):
    """Words that protobuf, hence some clients, number in their order: 1, 2, 3."""

    @classmethod
    def _missing_(cls, value: object) -> "_Numbered | None":
        return {str(number): word for number, word in enumerate(cls, start=1)}.get(str(value))


class RunStatus(_Numbered):
    """How far a run has come."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"

    @property
    def is_terminal(self) -> bool:
        """Whether a run in this state has ended."""
        return self in {RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED}


class ModelStage(StrEnum):
    """How far a version of a registered model has come, for clients that know no aliases."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"

    @property
    def is_active(self) -> bool:
        """Whether a version in this stage is in use, so that it can take the place of others."""
        return self in {ModelStage.STAGING, ModelStage.PRODUCTION}


def model_stage(name: object) -> ModelStage:
    """The stage of this name, whatever its case.

    Raises:
        InvalidValue: There is none of that name.
    """
    for stage in ModelStage:
        if isinstance(name, str) and stage.lower() == name.lower():
            return stage
    raise InvalidValue(f"the stage of a version is one of {', '.join(ModelStage)}; got {name!r}")


class LifecycleStage(StrEnum):
    """Whether a thing is in use or in the trash."""

    ACTIVE = "active"
    DELETED = "deleted"


class ViewType(_Numbered):
    """Which things a search looks at."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"


def run_status(word: object) -> RunStatus:
    """The status of a run that a word, or its number, stands for.

    Raises:
        InvalidValue: There is none.
    """
    try:
        return RunStatus(word)  # type: ignore[arg-type]  # what is none is what the except is for
    except ValueError:
        raise InvalidValue(f"the status of a run is one of {', '.join(RunStatus)}; got {word!r}") from None


def view_type(word: object) -> ViewType:
    """The view that a word, or its number, stands for; of things in use where there is no word.

    Raises:
        InvalidValue: There is none.
    """
    try:
        return ViewType(word or ViewType.ACTIVE_ONLY)  # type: ignore[arg-type]  # as above
    except ValueError:
        raise InvalidValue(f"the view of a search is one of {', '.join(ViewType)}; got {word!r}") from None
