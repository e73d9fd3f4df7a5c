"""The error of which all are, and the kinds that it has."""

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


class NotFound(RunstoneError, LookupError):
    """Something was asked for that is not there."""

    code = "RESOURCE_DOES_NOT_EXIST"


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


class InvalidState(RunstoneError):
    """Something cannot be done to a thing in the state it is in."""

    code = "INVALID_STATE"


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
