"""Clients go past the server by signed addresses, where the store signs, and hear clearly where it does not."""

import hashlib
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import urllib3

from runstone.artifacts import integrity
from runstone.artifacts.http import HttpRepository
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactDamaged
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.artifacts import services
from tests.artifacts.services import Service
from tests.server.test_artifacts import TRAVERSALS
from tests.server.test_uploads import UPLOADS
from tests.server.web import Answer, Web

ROOM = "/api/2.0/mlflow-artifacts"
PART = 5 << 20  # S3 takes no smaller ones but the last


@pytest.fixture(scope="module")
def s3() -> Iterator[Service]:
    with services.s3() as service:
        yield service


@pytest.fixture(scope="module")
def bucket(s3: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A server that keeps artifacts in a bucket."""
    folder = tmp_path_factory.mktemp("server")
    options = ServerOptions(store_uri=f"sqlite:///{folder}/a.db", artifacts_destination=f"{s3.root}/team")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3.environment.items():
            patch.setenv(name, value)
        with running_server(options) as address:
            yield Web(address)


@pytest.fixture(autouse=True)
def credentials(s3: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)


def call(web: Web, what: str, folder: str, **fields: Any) -> Answer:
    return web.send("POST", f"{ROOM}/mpu/{what}/{folder}", json.dumps(fields).encode())


def send(url: str, body: bytes) -> str:
    answer = urllib3.request("PUT", url, body=body, retries=False)
    assert answer.status == 200
    return answer.headers["etag"]


def test_file_is_made_of_parts_that_go_past_the_server(bucket: Web) -> None:
    bodies = [b"a" * PART, b"b" * 1000]

    created = call(bucket, "create", "0/run/artifacts", path="big.bin", num_parts=2).json
    parts = [
        {"part_number": each["part_number"], "etag": send(each["url"], body), "url": each["url"]}
        for each, body in zip(created["credentials"], bodies, strict=True)
    ]
    before = bucket.send("GET", f"{ROOM}/artifacts/0/run/artifacts/big.bin")
    fields = {"path": "big.bin", "upload_id": created["upload_id"], "parts": parts[::-1]}
    done = call(bucket, "complete", "0/run/artifacts", **fields)

    assert list(created) == ["upload_id", "credentials"]
    assert [sorted(each) for each in created["credentials"]] == [["part_number", "url"]] * 2
    assert before.status == 404
    assert (done.status, done.json) == (200, {})
    assert bucket.send("GET", f"{ROOM}/artifacts/0/run/artifacts/big.bin").body == b"".join(bodies)


def sent_past_the_server(web: Web, name: str, body: bytes, **told: str) -> None:
    created = call(web, "create", "0/run/artifacts", path=name, num_parts=1, **told).json
    parts = [{"part_number": 1, "etag": send(created["credentials"][0]["url"], body)}]
    done = call(web, "complete", "0/run/artifacts", path=name, upload_id=created["upload_id"], parts=parts)
    assert done.status == 200


def test_hash_that_the_sender_tells_is_recorded_and_compared_by_who_fetches(bucket: Web) -> None:
    told = hashlib.sha256(b"the right text").hexdigest()

    sent_past_the_server(bucket, "right.bin", b"the right text", sha256=told)
    sent_past_the_server(bucket, "wrong.bin", b"the wrong text", sha256=told)
    store = HttpRepository(bucket.address, ArtifactPath("0/run/artifacts"))
    signed = bucket.send("GET", f"{ROOM}/presigned/0/run/artifacts/right.bin").json["url"]

    assert store.read(ArtifactPath("right.bin")).sha256 == told
    assert integrity.read(store, ArtifactPath("right.bin")) == b"the right text"
    with pytest.raises(ArtifactDamaged):
        integrity.read(store, ArtifactPath("wrong.bin"))
    assert urllib3.request("GET", signed).headers["x-amz-meta-sha256"] == told


def test_parts_whose_hash_nobody_tells_have_none(bucket: Web) -> None:
    sent_past_the_server(bucket, "mlflow.bin", b"12345")

    store = HttpRepository(bucket.address, ArtifactPath("0/run/artifacts"))

    assert store.read(ArtifactPath("mlflow.bin")).sha256 is None
    assert integrity.read(store, ArtifactPath("mlflow.bin")) == b"12345"


@pytest.mark.parametrize("local", ["/tmp/m/model.bin", "./model.bin", "../m/model.bin", "C:\\Temp\\model.bin"])
def test_file_has_the_last_part_of_the_local_path_that_a_client_names(bucket: Web, local: str) -> None:
    folder = f"0/{hashlib.sha256(local.encode()).hexdigest()}/artifacts"

    created = call(bucket, "create", folder, path=local, num_parts=1).json
    parts = [{"part_number": 1, "etag": send(created["credentials"][0]["url"], b"12345")}]
    done = call(bucket, "complete", folder, path=local, upload_id=created["upload_id"], parts=parts)

    assert done.status == 200
    assert bucket.send("GET", f"{ROOM}/artifacts/{folder}/model.bin").body == b"12345"


def test_aborted_upload_leaves_nothing(bucket: Web, s3: Service) -> None:
    created = call(bucket, "create", "0/run/artifacts", path="/tmp/none.bin", num_parts=1).json

    aborted = call(bucket, "abort", "0/run/artifacts", path="none.bin", upload_id=created["upload_id"])
    again = call(bucket, "abort", "0/run/artifacts", path="none.bin", upload_id=created["upload_id"])

    assert (aborted.status, aborted.json) == (200, {})
    assert (again.status, again.code) == (400, "INVALID_PARAMETER_VALUE")
    assert "Uploads" not in s3.another_tool().list_multipart_uploads(Bucket="bucket")


def test_parts_that_were_not_sent_are_refused(bucket: Web) -> None:
    created = call(bucket, "create", "0/run/artifacts", path="c.bin", num_parts=1).json
    parts = [{"part_number": 1, "etag": "none"}]

    answer = call(bucket, "complete", "0/run/artifacts", path="c.bin", upload_id=created["upload_id"], parts=parts)

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_file_is_fetched_by_a_signed_address(bucket: Web) -> None:
    bucket.send("PUT", f"{ROOM}/artifacts/0/run/artifacts/a%20b.txt", b"12345")

    answer = bucket.send("GET", f"{ROOM}/presigned/0/run/artifacts/a%20b.txt")
    missing = bucket.send("GET", f"{ROOM}/presigned/0/run/artifacts/none.txt")
    got = urllib3.request("GET", answer.json["url"])

    assert list(answer.json) == ["url", "headers", "file_size"]
    assert (answer.json["headers"], answer.json["file_size"]) == ({}, 5)
    assert got.data == b"12345"
    assert "attachment" in answer.json["url"]
    assert (missing.status, missing.code) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    "fields",
    [
        {"num_parts": 1},
        {"path": "a"},
        {"path": "a", "num_parts": 0},
        {"path": "a", "num_parts": 10_001},
        {"path": "a", "num_parts": "many"},
        {"path": "d/..", "num_parts": 1},
        {"path": "", "num_parts": 1},
        {"path": "a", "num_parts": 1, "sha256": "none"},
    ],
)
def test_upload_that_means_nothing_is_refused(bucket: Web, fields: dict[str, Any]) -> None:
    bucket.send("PUT", f"{ROOM}/artifacts/0/run/artifacts/taken/a", b"1")

    answer = call(bucket, "create", "0/run/artifacts/taken", **fields)

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_part_is_no_folder_and_leads_through_no_file(bucket: Web) -> None:
    bucket.send("PUT", f"{ROOM}/artifacts/0/run/artifacts/d/a", b"1")

    folder = call(bucket, "create", "0/run/artifacts", path="d", num_parts=1)
    through = call(bucket, "create", "0/run/artifacts/d/a", path="b", num_parts=1)

    assert (folder.status, through.status) == (400, 400)


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_name_leads_out_of_the_bucket(bucket: Web, path: str) -> None:
    fields = {"path": "a", "upload_id": "u", "num_parts": 1, "parts": []}

    answers = [call(bucket, what, path, **fields) for what in ("create", "complete", "abort")]
    answers.append(bucket.send("GET", f"{ROOM}/presigned/{path}"))
    answers.append(bucket.send("GET", f"{ROOM}/artifacts/{path}"))

    assert {answer.status for answer in answers} <= {400, 404}


def test_local_folder_says_that_it_signs_nothing(web: Web) -> None:
    answers = [
        call(web, "create", "0/run/artifacts", path="a", num_parts=1),
        call(web, "complete", "0/run/artifacts", path="a", upload_id="u", parts=[]),
        call(web, "abort", "0/run/artifacts", path="a", upload_id="u"),
        web.send("GET", f"{ROOM}/presigned/0/run/artifacts/a"),
    ]

    assert [(answer.status, answer.code) for answer in answers] == [(501, "NOT_IMPLEMENTED")] * 4


def test_calls_have_their_method_and_their_path(web: Web) -> None:
    assert web.send("GET", f"{ROOM}/mpu/create/a").status == 405
    assert web.send("POST", f"{ROOM}/presigned/a", b"{}").status == 405
    assert web.send("POST", f"{ROOM}/mpu/create", b"{}").status == 404


def test_upload_that_goes_on_reaches_the_bucket_only_with_the_hash_it_was_said_to_have(bucket: Web) -> None:
    path = "0/run/artifacts/resumed.bin"
    upload = bucket.send("POST", UPLOADS, json.dumps({"path": path}).encode()).json["upload_id"]
    bucket.send("PUT", f"{UPLOADS}/{upload}/bytes?offset=0", b"12345")
    said = {"path": path, "size": 5, "sha256": hashlib.sha256(b"54321").hexdigest()}

    wrong = bucket.send("POST", f"{UPLOADS}/{upload}/complete", json.dumps(said).encode())
    before = bucket.send("GET", f"{ROOM}/artifacts/{path}")
    said["sha256"] = hashlib.sha256(b"12345").hexdigest()
    right = bucket.send("POST", f"{UPLOADS}/{upload}/complete", json.dumps(said).encode())

    assert (wrong.status, wrong.code) == (400, "INVALID_PARAMETER_VALUE")
    assert before.status == 404
    assert right.status == 200
    assert bucket.send("GET", f"{ROOM}/artifacts/{path}").body == b"12345"


def test_bucket_that_gives_no_answer_keeps_nobody_from_reading_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    monkeypatch.setenv("RUNSTONE_HTTP_TIMEOUT", "5")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        monkeypatch.setenv("RUNSTONE_S3_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/a.db", artifacts_destination="s3://silent/team")
        with running_server(options) as address, ThreadPoolExecutor(9) as pool, ExitStack() as connections:
            asked = [pool.submit(Web(address).send, "GET", f"{ROOM}/artifacts?path={number}") for number in range(9)]
            for _ in range(8):
                connections.enter_context(silent.accept()[0])

            run = Web(address).get("experiments/get", "experiment_id=0")
            are_waiting = not any(each.done() for each in asked)
            connections.close()
            silent.close()
            codes = {each.result().code for each in asked}

    assert run.status == 200
    assert are_waiting
    assert codes == {"TEMPORARILY_UNAVAILABLE"}
