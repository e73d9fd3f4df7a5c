"""What S3 signs for others: addresses of files, and uploads in parts that go past the server."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from runstone import config
from runstone.artifacts import buckets
from runstone.entities.names import shown
from runstone.errors import BackendError, BackendUnavailable, InvalidValue, PermissionDenied

DOWNLOAD_S = 300
PARTS_S = 3600
# What S3 says of an upload or parts that the caller named wrongly.
_WRONG = frozenset({"NoSuchUpload", "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"})
_REFUSED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})


class Signer:
    """Signs for one bucket. May be used from several threads."""

    def __init__(self, bucket: str) -> None:
        """Find the credentials; nothing is sent yet.

        Args:
            bucket: Its name.

        Raises:
            Unsupported: The extra ``objectstores`` is not installed.
            InvalidValue: A setting cannot be read.
        """
        self._bucket = bucket
        session = buckets.session()
        import botocore.exceptions
        from botocore.config import Config

        self._errors: Any = botocore.exceptions
        self._client: Any = session.client(
            "s3",
            endpoint_url=config.S3_ENDPOINT_URL.get(),
            region_name=session.region_name or "us-east-1",
            verify=not config.S3_IGNORE_TLS.required(),
            config=Config(signature_version="s3v4"),
        )

    def download(self, key: str, *, name: str) -> str:
        """An address that gives an object to whoever has it, for five minutes.

        Args:
            key: The object.
            name: What a browser saves it as.

        Raises:
            PermissionDenied: There are no credentials.
        """
        shown_as = name.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_")
        said = {"ResponseContentDisposition": f'attachment; filename="{shown_as}"'}
        return self._signed("get_object", {"Key": key, **said}, DOWNLOAD_S)

    def begin(self, key: str, *, parts: int, content_type: str, metadata: Mapping[str, str]) -> tuple[str, list[str]]:
        """Begin an upload; returns its id, and for each part an address that takes it within an hour.

        Raises:
            PermissionDenied: There are no credentials, or S3 does not take them.
            BackendError: S3 does not answer, or does not take it.
        """
        with self._said():
            answer = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=content_type, Metadata=dict(metadata)
            )
        upload: str = answer["UploadId"]
        fields = {"Key": key, "UploadId": upload}
        return upload, [
            self._signed("upload_part", {**fields, "PartNumber": number}, PARTS_S) for number in range(1, parts + 1)
        ]

    def complete(self, key: str, upload: str, parts: Sequence[tuple[int, str]]) -> None:
        """Make the object of its parts, each given by its number and the tag that S3 answered for it.

        Raises:
            InvalidValue: There is no such upload, or no such part.
            PermissionDenied: S3 does not take the credentials.
            BackendError: S3 does not answer, or does not take it.
        """
        listed = [{"PartNumber": number, "ETag": tag} for number, tag in sorted(parts)]
        with self._said():
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": listed}
            )

    def abort(self, key: str, upload: str) -> None:
        """Throw an upload away.

        Raises:
            InvalidValue: There is no such upload.
            PermissionDenied: S3 does not take the credentials.
            BackendError: S3 does not answer.
        """
        with self._said():
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload)

    def _signed(self, action: str, fields: dict[str, Any], seconds: int) -> str:
        with self._said():
            url: str = self._client.generate_presigned_url(
                action, Params={"Bucket": self._bucket, **fields}, ExpiresIn=seconds
            )
            return url

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say what an error of the library means."""
        try:
            yield
        except self._errors.ClientError as error:
            told = error.response.get("Error", {})
            word, text = str(told.get("Code", "")), str(told.get("Message", ""))
            if word in _WRONG:
                raise InvalidValue(f"the bucket does not know this upload or its parts: {shown(text)}") from None
            if word == "NoSuchBucket":
                raise buckets.no_bucket("s3", self._bucket) from None
            kind = PermissionDenied if word in _REFUSED else BackendError
            raise kind(f"the bucket {self._bucket!r} refused: {word}: {text}") from None
        except (self._errors.NoCredentialsError, self._errors.PartialCredentialsError):
            raise PermissionDenied(
                f"there are no credentials to sign for the bucket {self._bucket!r}; set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY"
            ) from None
        except self._errors.BotoCoreError as error:
            raise BackendUnavailable(f"the bucket {self._bucket!r} does not answer: {type(error).__name__}") from None
