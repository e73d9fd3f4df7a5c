"""The errors a caller of Runstone may meet.

::

    RunstoneError                      INTERNAL_ERROR
    ├── InvalidValue (ValueError)      INVALID_PARAMETER_VALUE
    │   ├── InvalidFilter              a filter or an order that cannot be read; knows the position
    │   ├── InvalidArtifactPath        an artifact name that is not a plain relative path
    │   ├── InvalidPageToken           a page token that this server did not make
    │   ├── AddressForbidden           an address that a server does not call
    │   ├── InvalidModel               a folder is no model that can be read
    │   ├── UnknownFlavor              no flavor knows a kind of model
    │   ├── ParamChanged               a param already holds another value
    │   ├── InvalidSignature           a signature that cannot be made or read
    │   ├── SignatureMismatch          data that is not as the signature of a model says; knows column, row and value
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
    │   ├── ModelNotFound              nothing is kept where a model is looked for
    │   ├── ModelArtifactNotFound (KeyError)  a model's code asks for an artifact that it was not saved with
    │   ├── ModelSettingNotFound (KeyError)   a model's script asks for a setting that is not in its model_config
    │   └── EndpointNotFound           ENDPOINT_NOT_FOUND
    │       └── MethodNotAllowed       the path is served, but not by this method
    ├── LocalFileNotFound (FileNotFoundError)  RESOURCE_DOES_NOT_EXIST: a file of the caller's own machine
    ├── AlreadyExists                  RESOURCE_ALREADY_EXISTS
    │   ├── ExperimentExists
    │   ├── RunExists                  an id that a client chose for a run is one of another experiment's
    │   ├── LoggedModelExists          an id that a client chose for a logged model is another one's
    │   └── RegisteredModelExists
    ├── InvalidState                   INVALID_STATE
    │   ├── RunDeleted                 INVALID_PARAMETER_VALUE, as MLflow answers
    │   ├── ExperimentDeleted          INVALID_PARAMETER_VALUE, as MLflow answers
    │   ├── ModelChanged               the files of a model are not those that were saved
    │   ├── NotReproducible            what a run captured is not enough to do it again, or cannot be set up
    │   └── ThresholdsNotMet           a metric of a model is not what was demanded of it
    ├── PermissionDenied               PERMISSION_DENIED
    │   └── UntrustedModel             opening a model would run a stranger's code
    ├── TooLarge                       REQUEST_LIMIT_EXCEEDED
    ├── Unsupported                    NOT_IMPLEMENTED
    ├── PredictionFailed               INTERNAL_ERROR: the code of a model failed in a process of its own
    └── BackendError                   INTERNAL_ERROR: a database or a service failed
        ├── ArtifactDamaged            a file is not what was once written
        ├── BackendUnavailable         TEMPORARILY_UNAVAILABLE: no answer; trying again may help
        ├── EnvironmentFailed          the environment of a model cannot be made
        ├── JournalFull                the journal of a run takes no more
        ├── SchemaMismatch             a database that is broken, foreign or newer than this Runstone
        └── WorkerFailed               the process that a model predicts in ended, or took too long

``code`` is the word on the wire; the HTTP status is known to ``server/errors.py`` alone. Facts given
to an error are its attributes, and travel with it over the wire.
"""

from runstone.errors.absences import (
    ArtifactNotFound,
    EndpointNotFound,
    ExperimentNotFound,
    LoggedModelNotFound,
    MethodNotAllowed,
    ModelAliasNotFound,
    ModelArtifactNotFound,
    ModelNotFound,
    ModelSettingNotFound,
    ModelVersionNotFound,
    RegisteredModelNotFound,
    RunNotFound,
    WebhookNotFound,
)
from runstone.errors.failures import (
    ArtifactDamaged,
    BackendUnavailable,
    JournalFull,
    SchemaMismatch,
)
from runstone.errors.kinds import (
    AlreadyExists,
    BackendError,
    Fact,
    InvalidState,
    InvalidValue,
    LocalFileNotFound,
    NotFound,
    PermissionDenied,
    RunstoneError,
    TooLarge,
    Unsupported,
)
from runstone.errors.models import (
    EnvironmentFailed,
    InvalidModel,
    ModelChanged,
    PredictionFailed,
    UnknownFlavor,
    UntrustedModel,
    WorkerFailed,
)
from runstone.errors.restoring import restore
from runstone.errors.states import (
    ExperimentDeleted,
    ExperimentExists,
    LoggedModelExists,
    NotReproducible,
    RegisteredModelExists,
    RunDeleted,
    RunExists,
    ThresholdsNotMet,
)
from runstone.errors.values import (
    AddressForbidden,
    InvalidArtifactPath,
    InvalidFilter,
    InvalidPageToken,
    InvalidSignature,
    MalformedRequest,
    ParamChanged,
    SignatureMismatch,
)

__all__ = [
    "AddressForbidden",
    "AlreadyExists",
    "ArtifactDamaged",
    "ArtifactNotFound",
    "BackendError",
    "BackendUnavailable",
    "EndpointNotFound",
    "ExperimentDeleted",
    "ExperimentExists",
    "ExperimentNotFound",
    "EnvironmentFailed",
    "Fact",
    "InvalidArtifactPath",
    "InvalidFilter",
    "InvalidModel",
    "InvalidPageToken",
    "InvalidSignature",
    "InvalidState",
    "InvalidValue",
    "JournalFull",
    "LocalFileNotFound",
    "LoggedModelExists",
    "LoggedModelNotFound",
    "MalformedRequest",
    "MethodNotAllowed",
    "ModelAliasNotFound",
    "ModelArtifactNotFound",
    "ModelNotFound",
    "ModelSettingNotFound",
    "ModelChanged",
    "ModelVersionNotFound",
    "NotFound",
    "NotReproducible",
    "ParamChanged",
    "PermissionDenied",
    "PredictionFailed",
    "RegisteredModelExists",
    "RegisteredModelNotFound",
    "RunDeleted",
    "RunExists",
    "RunNotFound",
    "RunstoneError",
    "SchemaMismatch",
    "SignatureMismatch",
    "ThresholdsNotMet",
    "TooLarge",
    "UnknownFlavor",
    "Unsupported",
    "UntrustedModel",
    "WebhookNotFound",
    "WorkerFailed",
    "restore",
]

# They are known by this name, in a traceback as well.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
