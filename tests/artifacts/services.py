"""Services that speak as object stores do, on this machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.server import ThreadedMotoServer


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
