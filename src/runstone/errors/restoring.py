"""Errors that another process met, made again."""

from runstone.errors import absences, failures, models, states, values  # noqa: F401  # so that the tree is whole
from runstone.errors.kinds import BackendError, Fact, RunstoneError


def _leaves(root: type[RunstoneError]) -> dict[str, type[RunstoneError]]:
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found |= _leaves(child)
    return found


_BY_NAME = _leaves(RunstoneError)
# A code stands for the first class that carries it, in the order of the tree that the package shows.
_BY_CODE: dict[str, type[RunstoneError]] = {"INTERNAL_ERROR": BackendError}
for _error in _BY_NAME.values():
    _BY_CODE.setdefault(_error.code, _error)


def restore(code: str, message: str, *, name: str = "", facts: dict[str, Fact] | None = None) -> RunstoneError:
    """Make the error again that another process met.

    Args:
        code: The word on the wire; decides the class where ``name`` does not.
        message: What the other process said.
        name: Name of the class, where the other process is a Runstone.
        facts: Attributes of the error.

    Returns:
        An error of the named class, else of the first class with that code, else a ``BackendError``.
    """
    kind = _BY_NAME.get(name) or _BY_CODE.get(code, BackendError)
    error = kind.__new__(kind, message)
    RunstoneError.__init__(error, message, **(facts or {}))
    return error
