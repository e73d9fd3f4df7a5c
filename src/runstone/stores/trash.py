"""Removing for good what is in the trash. The cases of ``runstone.testing.trash_cases`` are this contract in tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from runstone.entities.trash import Emptied
from runstone.errors import ArtifactNotFound, RunstoneError


@runtime_checkable
class TrashStore(Protocol):
    """A store whose trash can be emptied."""

    def empty_trash(
        self,
        *,
        older_than_s: float = 0,
        experiment_ids: Sequence[str] | None = None,
        run_ids: Sequence[str] | None = None,
        dry_run: bool = False,
    ) -> Emptied:
        """Remove for good what is in the trash; all of it, unless some is named.

        A run goes with everything that it has, an experiment with all its runs. A run or a logged model whose files are
        those of a version of a registered model stays in the trash, with its experiment, until that version is gone.
        What is restored meanwhile stays. An end of the process at any point leaves things whole or gone, and doing it
        again finishes.

        Args:
            older_than_s: Seconds that a thing must have been in the trash.
            experiment_ids: Only these experiments, and the runs that are named.
            run_ids: Only these runs, and the experiments that are named.
            dry_run: Whether to only say what would go.

        Raises:
            ExperimentNotFound: There is no such experiment.
            InvalidState: What is named is not in the trash, or not as long as asked.
            InvalidValue: A list names nothing.
            RunNotFound: There is no such run.
        """
        ...


@dataclass(frozen=True, slots=True)
class Leftover:
    """Files whose run is gone.

    Attributes:
        number: Tells it from others in the same store.
        uri: The folder.
    """

    number: int
    uri: str


@runtime_checkable
class Leftovers(Protocol):
    """The files that are still to be removed, written down in the transaction that removed their run.

    So a run is never seen without its files, and no files are forgotten.
    """

    def leftovers(self, *, after: int = 0, most: int = 100) -> list[Leftover]:
        """Those with numbers above ``after``, by number."""
        ...

    def forget_leftover(self, number: int) -> None:
        """Say that the files are removed. Doing it again is harmless."""
        ...


def sweep(store: Leftovers, remove: Callable[[str], None]) -> list[str]:
    """Remove the files of runs that are gone.

    Args:
        store: Knows which.
        remove: Removes the folder at a URI with all in it; may raise ``ArtifactNotFound``.

    Returns:
        What could not be removed, with the reason; it is tried again the next time.
    """
    left: list[str] = []
    last = 0
    while found := store.leftovers(after=last):
        for leftover in found:
            last = leftover.number
            try:
                remove(leftover.uri)
            except ArtifactNotFound:
                pass  # it had none, or they were removed before the end of a former process
            except RunstoneError as error:
                left.append(f"{leftover.uri}: {error.message}")
                continue
            store.forget_leftover(last)
    return left
