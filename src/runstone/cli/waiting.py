"""What waits in the folder of journals to be sent, in words."""

from pathlib import Path

from runstone import config
from runstone.entities.names import without_password
from runstone.journal import folder as folders
from runstone.journal import leftovers
from runstone.journal.leftovers import Leftover


def what_waits() -> tuple[str, str]:
    """What no living process sends, and how it is sent; two empty texts where nothing waits.

    Example:
        ``("2 runs and 1 logged model wait in .runstone to be sent", "`runstone sync` sends them")``
    """
    found, unread = _found()
    waiting = [leftover for leftover in found if not leftover.is_alive]  # else its process sends it
    runs = sum(leftover.facts.is_run for leftover in waiting) + len(unread)  # `runstone sync` tells why
    models = sum(len(leftover.models) for leftover in waiting)
    if not runs + models:
        return "", ""
    counts = ((runs, "run"), (models, "logged model"))
    what = " and ".join(f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count)
    verb, them = ("waits", "it") if runs + models == 1 else ("wait", "them")
    return f"{what} {verb} in {config.JOURNAL_DIR.required()} to be sent", f"`runstone sync` sends {them}"


def where_waits(run_id: str) -> str:
    """Where a run waits that its store may not have, and how it is sent; empty where it does not.

    Args:
        run_id: The run.
    """
    found, unread = _found()
    place = config.JOURNAL_DIR.required()
    for leftover in found:
        if leftover.facts.is_run and leftover.facts.run_id == run_id:
            if leftover.is_alive:
                return (
                    f"the run {run_id} is logged to {place} by a process that has not sent all of it yet; "
                    "`runstone sync` sends what is left once that has ended"
                )
            uri = without_password(folders.meant_from(folders.root(), leftover.facts.tracking_uri))
            return f"the run {run_id} waits in {place} to be sent to {uri}; `runstone sync` sends it"
    if any(folder.name == run_id for folder in unread):
        return f"the run {run_id} waits in {place} to be sent; `runstone sync` says what hinders it"
    return ""


def _found() -> tuple[list[Leftover], list[Path]]:
    """What is in the folder of journals, and the folders of runs that cannot be read. Nothing is changed."""
    unread: list[Path] = []
    return leftovers.find(folders.root(), clears=False, tell=lambda folder, _: unread.append(folder)), unread
