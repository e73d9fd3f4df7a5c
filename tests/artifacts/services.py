"""Services that speak as object stores do, on this machine."""

import base64
import hmac
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).resolve().parents[2]
AZURITE = Path(__file__).parent / "azurite" / "node_modules"
STARTS_WITHIN_S = 60

_ACCOUNT = "account"
_KEY = base64.b64encode(b"a key of the test, of no account").decode()


@dataclass(frozen=True)
class Service:
    """A service that answers.

    Attributes:
        address: Where.
        root: URI of a bucket in it.
        environment: Variables by which a client finds it.
    """

    address: str
    root: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def another_tool(self) -> Any:
        """A client of S3 that is not ours."""
        return boto3.client(
            "s3",
            endpoint_url=self.address,
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            region_name=self.environment["AWS_DEFAULT_REGION"],
        )


@contextmanager
def s3() -> Iterator[Service]:
    """A service that speaks S3, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    environment = {
        "MLFLOW_S3_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    service = Service(address, "s3://bucket", environment)
    try:
        service.another_tool().create_bucket(Bucket="bucket")
        yield service
    finally:
        server.stop()


@contextmanager
def azure(folder: Path) -> Iterator[Service]:
    """A service that speaks as Azure's blob storage does, with a container; only its log is in the folder."""
    address = f"http://127.0.0.1:{_free_port()}"
    path = os.pathsep.join([os.environ.get("PATH", ""), str(ROOT / ".build" / "node")])
    command = [shutil.which("node", path=path) or "node", str(AZURITE / "azurite/dist/src/blob/main.js")]
    command += ["--silent", "--skipApiVersionCheck", "--inMemoryPersistence"]
    command += ["--blobHost", "127.0.0.1", "--blobPort", address.rpartition(":")[2]]
    environment = os.environ | {"AZURITE_ACCOUNTS": f"{_ACCOUNT}:{_KEY}"}
    with (folder / "azurite.txt").open("w") as said:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
        try:
            _make_container(server, f"{address}/{_ACCOUNT}")
            connection = f"AccountName={_ACCOUNT};AccountKey={_KEY};BlobEndpoint={address}/{_ACCOUNT};"
            yield Service(address, "az://container", {"AZURE_STORAGE_CONNECTION_STRING": connection})
        finally:
            server.kill()
            server.wait()


def _make_container(server: subprocess.Popen[bytes], account: str) -> None:
    """Make the container as soon as the service answers."""
    end = time.monotonic() + STARTS_WITHIN_S
    while server.poll() is None and time.monotonic() < end:
        day = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        said = "\n".join(["PUT", *[""] * 11, f"x-ms-date:{day}", "x-ms-version:2021-08-06"])
        said += f"\n/{_ACCOUNT}/{_ACCOUNT}/container\nrestype:container"
        signed = base64.b64encode(hmac.digest(base64.b64decode(_KEY), said.encode(), "sha256")).decode()
        headers = {"x-ms-date": day, "x-ms-version": "2021-08-06", "Authorization": f"SharedKey {_ACCOUNT}:{signed}"}
        try:
            with urlopen(Request(f"{account}/container?restype=container", method="PUT", headers=headers)):
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError("the service that speaks as Azure's storage did not come up")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
