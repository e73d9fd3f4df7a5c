"""The errors a caller of Runstone may meet.

::

    RunstoneError                      INTERNAL_ERROR
    ├── InvalidValue (ValueError)      INVALID_PARAMETER_VALUE
    │   ├── InvalidFilter              a filter or an order that cannot be read; knows the position
    │   ├── InvalidArtifactPath        an artifact name that is not a plain relative path
    │   ├── InvalidPageToken           a page token that this server did not make
    │   ├── AddressForbidden           an address that a server does not call
    │   ├── ParamChanged               a param already holds another value
    │   └── MalformedRequest           BAD_REQUEST: a body that is not JSON
    ├── NotFound (LookupError)         RESOURCE_DOES_NOT_EXIST
    │   ├── ExperimentNotFound
    │   ├── RunNotFound
    │   ├── LoggedModelNotFound
    │   ├── RegisteredModelNotFound
    │   ├── ModelVersionNotFound
    │   ├── WebhookNotFound
    │   ├── ModelAliasNotFound         INVALID_PARAMETER_VALUE, as MLflow answers
    │   ├── ArtifactNotFound
    │   └── EndpointNotFound           ENDPOINT_NOT_FOUND
    │       └── MethodNotAllowed       the path is served, but not by this method
    ├── LocalFileNotFound (FileNotFoundError)  RESOURCE_DOES_NOT_EXIST: a file of the caller's own machine
    ├── AlreadyExists                  RESOURCE_ALREADY_EXISTS
    │   ├── ExperimentExists
    │   ├── RunExists                  an id that a client chose for a run is one of another experiment's
    │   └── RegisteredModelExists
    ├── InvalidState                   INVALID_STATE
    │   ├── RunDeleted                 INVALID_PARAMETER_VALUE, as MLflow answers
    │   └── ExperimentDeleted          INVALID_PARAMETER_VALUE, as MLflow answers
    ├── PermissionDenied               PERMISSION_DENIED
    ├── TooLarge                       REQUEST_LIMIT_EXCEEDED
    ├── Unsupported                    NOT_IMPLEMENTED
    └── BackendError                   INTERNAL_ERROR: a database or a service failed
        ├── ArtifactDamaged            a file is not what was once written
        ├── BackendUnavailable         TEMPORARILY_UNAVAILABLE: no answer; trying again may help
        ├── JournalFull                the journal of a run takes no more
        └── SchemaMismatch             a database that is broken, foreign or newer than this Runstone

``code`` is the word on the wire; the HTTP status is known to ``server/errors.py`` alone. Facts given
to an error are its attributes, and travel with it over the wire.
"""

from typing import ClassVar

Fact = str | int | float | bool | None


class RunstoneError(Exception):
    """Something that Runstone was asked to do could not be done."""

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(self, message: str, **facts: Fact) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts
        self.__dict__.update(facts)

    @property
    def error_code(self) -> str:
        """The word on the wire, by the name that MLflow's users know."""
        return self.code


class InvalidValue(RunstoneError, ValueError):
    """A value was given that cannot be taken."""

    code = "INVALID_PARAMETER_VALUE"


_POINTED = 60


def _pointed(text: str, position: int) -> str:
    """One line of a text, and below it a caret at a position; of a long text, what stands around there."""
    line = "".join(character if character.isprintable() else " " for character in text)
    start = max(0, position - _POINTED)
    before = f"{'...' if start else ''}{line[start:position]}"
    rest = line[position : position + _POINTED]
    return f"  {before}{rest}{'...' if position + _POINTED < len(line) else ''}\n  {' ' * len(before)}^"


class InvalidFilter(InvalidValue):
    """A filter or an order cannot be read.

    Attributes:
        text: The text as it was given.
        position: Offset in ``text``, in characters, at which reading stopped.
    """

    text: str
    position: int

    def __init__(self, reason: str, *, text: str, position: int) -> None:
        super().__init__(f"{reason}\n{_pointed(text, position)}", text=text, position=position)


class InvalidArtifactPath(InvalidValue):
    """An artifact name is not a plain relative path.

    Attributes:
        path: The name as it was given.
    """

    path: str

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"the artifact path {path!r} {reason}; wanted: a relative path such as 'plots/roc.png'",
            path=path,
        )


class InvalidPageToken(InvalidValue):
    """A page token that did not come from a former answer."""

    def __init__(self, token: str) -> None:
        super().__init__(
            f"the page token {token[:60]!r} is not one of ours; pass the token of the former page, unchanged"
        )


class AddressForbidden(InvalidValue):
    """An address that was given to a server is not one that it calls.

    Attributes:
        url: The address as it was given.
    """

    url: str

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"the address {url[:200]!r} {reason}", url=url)


class ParamChanged(InvalidValue):
    """A param already holds another value; params are written once.

    Attributes:
        run_id: The run.
        key: Name of the param.
    """

    run_id: str
    key: str

    def __init__(self, run_id: str, key: str, *, old: str, new: str) -> None:
        super().__init__(
            f"the param {key!r} of run {run_id!r} is {old!r} and cannot become {new!r}: params are written once; "
            "use a tag for a value that changes, or start another run",
            run_id=run_id,
            key=key,
        )


class MalformedRequest(InvalidValue):
    """A request whose body is not the JSON object that was wanted."""

    code = "BAD_REQUEST"


class NotFound(RunstoneError, LookupError):
    """Something was asked for that is not there."""

    code = "RESOURCE_DOES_NOT_EXIST"


class ExperimentNotFound(NotFound):
    """No experiment has this id or name.

    Attributes:
        experiment: The id or the name that was looked for.
    """

    experiment: str

    def __init__(self, experiment: str, *, by: str = "id") -> None:
        super().__init__(f"no experiment has the {by} {experiment!r}", experiment=experiment)


class RunNotFound(NotFound):
    """No run has this id.

    Attributes:
        run_id: The id that was looked for.
    """

    run_id: str

    def __init__(self, run_id: str) -> None:
        super().__init__(f"no run has the id {run_id!r}", run_id=run_id)


class LoggedModelNotFound(NotFound):
    """No logged model has this id.

    Attributes:
        model_id: The id that was looked for.
    """

    model_id: str

    def __init__(self, model_id: str) -> None:
        super().__init__(f"no logged model has the id {model_id!r}", model_id=model_id)


class RegisteredModelNotFound(NotFound):
    """No registered model has this name.

    Attributes:
        name: The name that was looked for.
    """

    name: str

    def __init__(self, name: str) -> None:
        super().__init__(f"no registered model has the name {name!r}", name=name)


class ModelVersionNotFound(NotFound):
    """A registered model has no such version, or is not there itself.

    Attributes:
        name: Name of the registered model.
        version: The version that was looked for.
    """

    name: str
    version: str

    def __init__(self, name: str, version: str) -> None:
        super().__init__(f"there is no version {version!r} of a registered model {name!r}", name=name, version=version)


class WebhookNotFound(NotFound):
    """There is no such webhook.

    Attributes:
        webhook: The id that was given.
    """

    webhook: str

    def __init__(self, webhook: str) -> None:
        super().__init__(f"no webhook has the id {webhook[:100]!r}", webhook=webhook)


class ModelAliasNotFound(NotFound):
    """A registered model has no such alias.

    Attributes:
        name: Name of the registered model.
        alias: The alias that was looked for.
    """

    code = "INVALID_PARAMETER_VALUE"
    name: str
    alias: str

    def __init__(self, name: str, alias: str) -> None:
        super().__init__(f"the registered model {name!r} has no alias {alias!r}", name=name, alias=alias)


class ArtifactNotFound(NotFound):
    """No artifact has this path.

    Attributes:
        path: The path that was looked for.
    """

    path: str

    def __init__(self, path: str) -> None:
        super().__init__(f"there is no artifact {path!r}", path=path)


class EndpointNotFound(NotFound):
    """The server does not serve this path, or not by this method."""

    code = "ENDPOINT_NOT_FOUND"


class MethodNotAllowed(EndpointNotFound):
    """The server serves this path by another method."""


class LocalFileNotFound(RunstoneError, FileNotFoundError):
    """A file or folder of the caller's own machine is not there.

    Attributes:
        local_path: The path that was looked for.
    """

    code = "RESOURCE_DOES_NOT_EXIST"
    local_path: str

    def __init__(self, local_path: str) -> None:
        super().__init__(
            f"there is no file or folder {local_path!r} on this machine; check the path and the working directory",
            local_path=local_path,
        )


class AlreadyExists(RunstoneError):
    """Something cannot be made because it is there already."""

    code = "RESOURCE_ALREADY_EXISTS"


class ExperimentExists(AlreadyExists):
    """An experiment of this name exists.

    Attributes:
        name: The name that is taken.
    """

    name: str

    def __init__(self, name: str) -> None:
        super().__init__(f"an experiment named {name!r} exists already; choose another name, or use it", name=name)


class RunExists(AlreadyExists):
    """The id that was chosen for a run is that of a run of another experiment."""

    run_id: str
    experiment_id: str

    def __init__(self, run_id: str, experiment_id: str) -> None:
        super().__init__(
            f"the run {run_id!r} is there already, in the experiment {experiment_id!r}; choose another id",
            run_id=run_id,
            experiment_id=experiment_id,
        )


class RegisteredModelExists(AlreadyExists):
    """A registered model of this name exists.

    Attributes:
        name: The name that is taken.
    """

    name: str

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a registered model named {name!r} exists already; choose another name, or add a version to it", name=name
        )


class InvalidState(RunstoneError):
    """Something cannot be done to a thing in the state it is in."""

    code = "INVALID_STATE"


class RunDeleted(InvalidState):
    """A run in the trash takes no changes.

    Attributes:
        run_id: The run.
    """

    code = "INVALID_PARAMETER_VALUE"
    run_id: str

    def __init__(self, run_id: str) -> None:
        super().__init__(f"the run {run_id!r} is deleted; restore it first", run_id=run_id)


class ExperimentDeleted(InvalidState):
    """An experiment in the trash takes no changes.

    Attributes:
        experiment: Its id.
    """

    code = "INVALID_PARAMETER_VALUE"
    experiment: str

    def __init__(self, experiment: str) -> None:
        super().__init__(f"the experiment {experiment!r} is deleted; restore it first", experiment=experiment)


class PermissionDenied(RunstoneError):
    """The caller may not do this."""

    code = "PERMISSION_DENIED"


class TooLarge(RunstoneError):
    """More was sent than is taken in one request."""

    code = "REQUEST_LIMIT_EXCEEDED"


class Unsupported(RunstoneError):
    """This is not offered here."""

    code = "NOT_IMPLEMENTED"


class BackendError(RunstoneError):
    """A database, a file system or a service did not do its part."""


class BackendUnavailable(BackendError):
    """A server or a database gave no answer; trying again may help."""

    code = "TEMPORARILY_UNAVAILABLE"


class ArtifactDamaged(BackendError):
    """A file is not what was once written: its SHA-256 is another.

    Attributes:
        path: The artifact.
        expected: The hash that was recorded when it was written, in hexadecimal.
        found: The hash of what was read.
    """

    path: str
    expected: str
    found: str

    def __init__(self, path: str, *, expected: str, found: str) -> None:
        super().__init__(
            f"the artifact {path!r} was changed or cut since it was written: its SHA-256 was {expected}, and is "
            f"{found}; fetch it again, and if that fails too, bring it back from a backup or log it again",
            path=path,
            expected=expected,
            found=found,
        )


class JournalFull(BackendError):
    """The journal of a run takes no more: the disk is full, or the journal has the size that it may have."""


class SchemaMismatch(BackendError):
    """A database is broken, not Runstone's, or made by a newer Runstone."""


def _leaves(root: type[RunstoneError]) -> dict[str, type[RunstoneError]]:
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found |= _leaves(child)
    return found


_BY_NAME = _leaves(RunstoneError)
# A code stands for the first class that carries it, in the order of the tree above.
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
