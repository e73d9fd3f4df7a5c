"""The states that experiments and runs are in."""

from enum import StrEnum


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


class LifecycleStage(StrEnum):
    """Whether a thing is in use or in the trash."""

    ACTIVE = "active"
    DELETED = "deleted"


class ViewType(StrEnum):
    """Which things a search looks at."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"
