"""From the URI of an object store to the opened bucket, with the credentials that the environment gives."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from runstone import config
from runstone.entities import ArtifactPath
from runstone.entities.names import shown_address
from runstone.errors import BackendError, InvalidValue, Unsupported

if TYPE_CHECKING:
    from boto3.session import Session
    from obstore.store import ClientConfig, ObjectStore

SCHEMES = frozenset({"s3", "gs", "wasb", "wasbs", "abfs", "abfss", "az", "azure"})
EXTRA = "objectstores"

_AZURE_WITH_ACCOUNT = frozenset({"wasb", "wasbs", "abfs", "abfss"})
# An answer of many GB takes as long as it takes; what counts is that something comes.
_LONGEST = timedelta(days=7)
# What a connection string of Azure's says, and how the library calls it.
_OF_CONNECTION = {
    "AccountName": "account_name",
    "AccountKey": "account_key",
    "BlobEndpoint": "endpoint",
    "SharedAccessSignature": "sas_key",
}
# How many buckets are kept open.
_OPEN = 16


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or a container of Azure's, and a folder in it.

    Attributes:
        scheme: Of the URI, in lower case.
        name: Of the bucket.
        account: Of Azure, where the URI names it; else empty.
        folder: The folder; empty for the whole bucket.
    """

    scheme: str
    name: str
    account: str
    folder: ArtifactPath

    def open(self) -> "ObjectStore":
        """Connect to it; nothing is sent yet. A process opens each once.

        Raises:
            Unsupported: The extra is not installed.
            InvalidValue: A setting cannot be read, or an address of Azure names no account.
        """
        if self.scheme == "s3":
            return _s3(self.name, config.S3_ENDPOINT_URL.get(), checks_tls=not config.S3_IGNORE_TLS.required())
        if self.scheme == "gs":
            return _gcs(self.name)
        return _azure(self.name, self.account, config.AZURE_CONNECTION_STRING.get() or "")


def parsed(uri: str) -> Bucket:
    """What a URI names.

    Args:
        uri: ``s3://bucket/folder``, ``gs://bucket/folder``, ``az://container/folder``, or with the account
            ``abfss://container@account.dfs.core.windows.net/folder`` or
            ``wasbs://container@account.blob.core.windows.net/folder``.

    Raises:
        InvalidValue: It is not of that form.

    Example:
        >>> parsed("s3://models/team/a").folder
        'team/a'
    """
    scheme, _, rest = uri.partition("://")
    place, _, folder = rest.partition("/")
    name, _, host = place.partition("@")
    scheme = scheme.lower()
    if not name or (scheme in _AZURE_WITH_ACCOUNT) != bool(host) or "?" in uri or "#" in place:
        raise InvalidValue(
            f"the URI of artifacts in a bucket looks like 's3://bucket/folder', 'gs://bucket/folder' or "
            f"'abfss://container@account.dfs.core.windows.net/folder'; got {shown_address(uri)}"
        )
    return Bucket(scheme, name, host.partition(".")[0], ArtifactPath(folder.strip("/")))


def session() -> "Session":
    """What finds the credentials and the region for S3, as Amazon's own tools do.

    Raises:
        Unsupported: The extra is not installed.
    """
    try:
        from boto3.session import Session
    except ModuleNotFoundError:
        raise missing_extra() from None
    return Session()


def missing_extra() -> Unsupported:
    """The error where the libraries are not installed."""
    return Unsupported(
        f"artifacts in an object store need a library that is not installed: pip install 'runstone[{EXTRA}]'"
    )


def no_bucket(scheme: str, name: str) -> BackendError:
    """The error where a bucket is not there."""
    also = f" and at {config.S3_ENDPOINT_URL.name}, which says whose buckets are meant" if scheme == "s3" else ""
    what = "bucket" if scheme in {"s3", "gs"} else "container"
    return BackendError(f"there is no {what} {name!r}; make it, or look at the address of the artifacts{also}")


def _stores() -> Any:
    try:
        from obstore import store
    except ModuleNotFoundError:
        raise missing_extra() from None
    return store


@lru_cache(_OPEN)
def _s3(name: str, endpoint: str | None, *, checks_tls: bool) -> "ObjectStore":
    _stores()
    from obstore.auth.boto3 import Boto3CredentialProvider

    found = session()
    options: dict[str, Any] = {}
    if found.get_credentials() is None:
        options["skip_signature"] = True  # a public bucket
    else:
        options["credential_provider"] = Boto3CredentialProvider(found)
    if found.region_name:
        options["region"] = found.region_name
    if endpoint:
        options["endpoint"] = endpoint
    client = _client()
    if not checks_tls:
        client["allow_invalid_certificates"] = True
    return _opened("S3Store", name, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", **options, client_options=client)


@lru_cache(_OPEN)
def _gcs(name: str) -> "ObjectStore":
    return _opened("GCSStore", name, "GOOGLE_APPLICATION_CREDENTIALS", client_options=_client())


@lru_cache(_OPEN)
def _azure(name: str, account: str, connection: str) -> "ObjectStore":
    parts = dict(part.split("=", 1) for part in connection.split(";") if "=" in part)
    options = {option: parts[word] for word, option in _OF_CONNECTION.items() if word in parts}
    if account:
        options["account_name"] = account
    wanted = "AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME and its key"
    return _opened("AzureStore", name, wanted, **options, client_options=_client())


def _opened(kind: str, name: str, wanted: str, **options: Any) -> "ObjectStore":
    make = getattr(_stores(), kind)
    try:
        opened: ObjectStore = make(name, retry_config={"max_retries": config.HTTP_RETRIES.required()}, **options)
    except Exception as error:  # noqa: BLE001  # the library has many, all of which say that the settings do not do
        raise InvalidValue(
            f"the bucket {name!r} cannot be opened: {str(error).partition(chr(10))[0]}; look at {wanted}"
        ) from None
    return opened


def _client() -> "ClientConfig":
    # Plain HTTP is for a service on one's own network, whose address somebody wrote down with it.
    wait = timedelta(seconds=config.HTTP_TIMEOUT.required())
    return {"allow_http": True, "connect_timeout": wait, "read_timeout": wait, "timeout": _LONGEST}
