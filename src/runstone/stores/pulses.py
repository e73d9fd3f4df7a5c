"""Which runs are alive. The cases of ``runstone.testing.pulse_cases`` are this contract in tests."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

# How often a process tells which of its runs are alive; one that was not heard of for so long is taken for lost.
BEAT_S = 10.0
SILENCE_S = 60.0


class PulseStore(Protocol):
    """Hears which runs are alive."""

    def beat(self, run_ids: Sequence[str]) -> None:
        """Hear that these runs are alive; one that was taken for lost is running again.

        Runs that are not there, in the trash or at their end are passed over.
        """
        ...


@runtime_checkable
class LostRuns(Protocol):
    """Finds the runs that are alive no more."""

    def mark_lost(self, silent_s: float = SILENCE_S) -> list[str]:
        """End as ``FAILED`` each running run that was alive once and has been silent for so long.

        It has to be called every ``BEAT_S``: silence is what this store has seen itself, from its first call on, and
        counts ``BEAT_S`` from one to the next at most. So neither another machine's clock ends a run, nor a time at
        which nobody could be heard, because the server or the database was away.

        A run's end is when it was heard of last; the tag ``runstone.end`` says that it was lost, and since when: until
        its process tells of another state. Runs that were never heard of, or not since their state was set, as those of
        other clients, stay as they are.

        Args:
            silent_s: Seconds.

        Returns:
            Ids of these runs.
        """
        ...
