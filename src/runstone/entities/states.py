"""The states that experiments, runs and versions of models are in."""

from enum import StrEnum

from runstone.errors import InvalidValue


class RunStatus(StrEnum):
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


class ViewType(StrEnum):
    """Which things a search looks at."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"
