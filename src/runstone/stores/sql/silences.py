"""How long runs have been silent, as whoever looks has seen it."""

from collections.abc import Iterable
from time import monotonic

from runstone.stores.pulses import BEAT_S


class Silences:
    """Times the silence of runs by its own clock: those of the machines that write down signs of life may differ.

    Silence counts from the first look, and from one look to the next for one beat at most: while the database or
    whoever looks was away, nobody could be heard.
    """

    def __init__(self) -> None:
        self._looked_at = 0.0
        self._seen: dict[str, tuple[int, float]] = {}

    def look(self, pulses: Iterable[tuple[str, int]]) -> dict[str, float]:
        """Seconds that each run was silent by now.

        Args:
            pulses: The id of each run that may be lost, and its last sign of life; that of one that spoke is another.
        """
        now = monotonic()
        passed, self._looked_at = min(now - self._looked_at, BEAT_S), now
        seen = {}
        for run_id, seen_at in pulses:
            before, silent = self._seen.get(run_id, (None, 0.0))
            seen[run_id] = (seen_at, silent + passed if before == seen_at else 0.0)
        self._seen = seen
        return {run_id: silent for run_id, (_, silent) in seen.items()}
