"""A way to say anything to a server, right or wrong."""

import json
from dataclasses import dataclass
from typing import Any

import urllib3


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: urllib3.HTTPHeaderDict

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The word of an error."""
        return str(self.json["error_code"])


class Web:
    """Sends requests as they are, without retries."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._pool = urllib3.PoolManager(retries=False, timeout=30)

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Send bytes; ``path`` goes out as it stands, dots and all."""
        given = {"Content-Type": "application/json", **(headers or {})}
        response = self._pool.connection_from_url(self.address).urlopen(
            method, path, body=body, headers=given, retries=False, assert_same_host=False, redirect=False
        )
        return Answer(response.status, response.data, response.headers)

    def post(self, call: str, **fields: Any) -> Answer:
        """Call an endpoint of the protocol with a JSON body."""
        return self.send("POST", f"/api/2.0/mlflow/{call}", json.dumps(fields).encode())

    def get(self, call: str, query: str = "") -> Answer:
        """Call an endpoint of the protocol with a query."""
        return self.send("GET", f"/api/2.0/mlflow/{call}?{query}")

    def new_run(self, experiment_id: str = "0", **fields: Any) -> str:
        """Make a run; returns its id."""
        answer = self.post("runs/create", experiment_id=experiment_id, **fields)
        return str(answer.json["run"]["info"]["run_id"])
