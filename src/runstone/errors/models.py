"""What goes wrong with models as folders."""

from runstone.errors.kinds import BackendError, InvalidState, InvalidValue, PermissionDenied, RunstoneError


class InvalidModel(InvalidValue):
    """A folder is no model that can be read."""


class ModelChanged(InvalidState):
    """The files of a model are not those that were recorded when it was saved.

    Attributes:
        folder: The folder.
        path: The first file that differs, as seen from there.
    """

    folder: str
    path: str

    def __init__(self, folder: str, path: str, what: str) -> None:
        super().__init__(
            f"the model in {folder!r} is not as it was saved: the file {path!r} {what}; fetch it again from where it "
            "is kept, or save it again",
            folder=folder,
            path=path,
        )


class UntrustedModel(PermissionDenied):
    """Opening a model would run code from a place that is not yours.

    Attributes:
        uri: Where the model is.
    """

    uri: str

    def __init__(self, uri: str, why: str) -> None:
        super().__init__(
            f"the model at {uri!r} was not opened: {why}, so opening it runs code of whoever made it; "
            "if you trust them, pass trust=True",
            uri=uri,
        )


class UnknownFlavor(InvalidValue):
    """No flavor knows this kind of model."""


class EnvironmentFailed(BackendError):
    """The environment that a model needs cannot be made."""


class WorkerFailed(BackendError):
    """The process that predicts ended, took too long, or said what cannot be understood."""


class PredictionFailed(RunstoneError):
    """The code of a model failed in the process that it predicts in.

    Attributes:
        exception: Name of the class that was raised there.
        remote_traceback: The traceback there, as Python prints it.
    """

    exception: str
    remote_traceback: str

    def __init__(self, message: str, *, exception: str, remote_traceback: str) -> None:
        super().__init__(message, exception=exception, remote_traceback=remote_traceback)
        self.add_note(f"In the process of the model:\n\n{remote_traceback.rstrip()}")
