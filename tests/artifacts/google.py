"""A service that answers as Google's storage does to the calls of our library, on this machine.

Google's calls for objects are those of S3 by other names of headers, with tokens instead of signatures, so it is moto's
S3 behind these names. No service that speaks them whole could be had: see ``docs/how-to/object-store.md``.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from tests.artifacts.services import Service

# To moto, somebody who may do everything.
_SOMEBODY = "AWS4-HMAC-SHA256 Credential=someone/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
_SIGNED = "X-Goog-Signature="


@contextmanager
def google(folder: Path) -> Iterator[Service]:
    """The service, with two buckets; the key of the account that it knows is in the folder."""
    file, key = account(folder)
    app = _GoogleNames(DomainDispatcherApplication(create_backend_app), key)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        for name in ("bucket", "another-bucket"):
            with urlopen(Request(f"{address}/{name}", method="PUT", headers={"Authorization": _SOMEBODY})):
                pass
        environment = {"GOOGLE_APPLICATION_CREDENTIALS": str(file), "GOOGLE_BASE_URL": address}
        yield Service(address, "gs://bucket", environment)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def account(folder: Path) -> tuple[Path, rsa.RSAPublicKey]:
    """A new account, as the file that Google gives for one, and the key that tells who it is."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    said = {
        "type": "service_account",
        "client_email": "tests@project.iam.gserviceaccount.com",
        "client_id": "1",
        "private_key_id": "1",
        "private_key": pem.decode(),
    }
    file = folder / "account.json"
    file.write_text(json.dumps(said))
    return file, key.public_key()


class _GoogleNames:
    """Calls of Google's as calls of S3, for who has a token that the account signed."""

    def __init__(self, s3: Callable[..., Any], key: rsa.RSAPublicKey) -> None:
        self._s3 = s3
        self._key = key

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        is_address = _SIGNED in environ["QUERY_STRING"]
        if not (is_address or token == _SOMEBODY or self._is_signed(token)):
            start("401 Unauthorized", [])
            return []
        environ["HTTP_AUTHORIZATION"] = _SOMEBODY
        if is_address:
            environ["QUERY_STRING"] = ""
        for name in [name for name in environ if name.startswith("HTTP_X_GOOG_META_")]:
            environ[name.replace("X_GOOG", "X_AMZ")] = environ.pop(name)

        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            theirs = [(name.lower().replace("x-amz-meta-", "x-goog-meta-"), value) for name, value in headers]
            return start(status, theirs, *error)

        return self._s3(environ, begin)

    def _is_signed(self, token: str) -> bool:
        said, _, signature = token.rpartition(".")
        try:
            raw = base64.urlsafe_b64decode(signature + "==")
            self._key.verify(raw, said.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, InvalidSignature):
            return False
        return True
