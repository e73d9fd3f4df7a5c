"""An upload goes on after its connection broke, and nothing is seen before it is whole."""

import hashlib
import json
from typing import Any

import pytest

from tests.server.test_artifacts import PROXY, TRAVERSALS, root_of
from tests.server.web import Answer, Web

UPLOADS = "/api/runstone/v1/uploads"


def post(web: Web, call: str, **fields: Any) -> Answer:
    return web.send("POST", call, json.dumps(fields).encode())


def begun(web: Web, path: str) -> str:
    return str(post(web, UPLOADS, path=path).json["upload_id"])


def put(web: Web, upload: str, offset: Any, body: bytes) -> Answer:
    return web.send("PUT", f"{UPLOADS}/{upload}/bytes?offset={offset}", body)


def complete(web: Web, upload: str, path: str, body: bytes) -> Answer:
    sha256 = hashlib.sha256(body).hexdigest()
    return post(web, f"{UPLOADS}/{upload}/complete", path=path, size=len(body), sha256=sha256)


def test_file_is_made_of_pieces_and_not_seen_before(web: Web) -> None:
    path = f"{root_of(web.new_run())}/deep/a.txt"
    upload = begun(web, path)

    sizes = [put(web, upload, 0, b"one ").json["size"], put(web, upload, 4, b"two").json["size"]]
    before = web.send("GET", f"{PROXY}/{path}")
    listed = web.send("GET", PROXY).json.get("files", [])
    done = complete(web, upload, path, b"one two")
    after = web.send("GET", f"{PROXY}/{path}")

    assert sizes == [4, 7]
    assert before.status == 404
    assert not [file for file in listed if "runstone" in file["path"]]
    assert (done.status, done.json) == (200, {})
    assert after.body == b"one two"
    assert after.headers["repr-digest"].startswith("sha-256=:")


def test_piece_may_come_again_and_the_server_tells_where_to_go_on(web: Web) -> None:
    path = f"{root_of(web.new_run())}/a.txt"
    upload = begun(web, path)

    put(web, upload, 0, b"one ")
    put(web, upload, 0, b"one ")
    size = web.send("GET", f"{UPLOADS}/{upload}").json["size"]
    put(web, upload, size, b"two")
    complete(web, upload, path, b"one two")

    assert web.send("GET", f"{PROXY}/{path}").body == b"one two"


def test_upload_with_a_gap_or_not_whole_is_refused(web: Web) -> None:
    path = f"{root_of(web.new_run())}/a.txt"
    upload = begun(web, path)
    put(web, upload, 0, b"one")

    gap = put(web, upload, 4, b"two")
    short = complete(web, upload, path, b"one two")

    assert [(answer.status, answer.code) for answer in (gap, short)] == [(400, "INVALID_PARAMETER_VALUE")] * 2
    assert web.send("GET", f"{PROXY}/{path}").status == 404


def test_upload_that_is_not_what_the_client_sent_is_refused_and_may_be_mended(web: Web) -> None:
    path = f"{root_of(web.new_run())}/a.txt"
    upload = begun(web, path)
    put(web, upload, 0, b"one twO")

    wrong = complete(web, upload, path, b"one two")
    before = web.send("GET", f"{PROXY}/{path}")
    put(web, upload, 0, b"one two")
    right = complete(web, upload, path, b"one two")

    assert (wrong.status, wrong.code) == (400, "INVALID_PARAMETER_VALUE")
    assert before.status == 404
    assert right.status == 200
    assert web.send("GET", f"{PROXY}/{path}").body == b"one two"


@pytest.mark.parametrize("offset", ["", "-1", "x", "1e3", "9" * 30, "%C2%B2"])
def test_offset_that_is_none_is_refused(web: Web, offset: str) -> None:
    upload = begun(web, "0/a")

    answer = put(web, upload, offset, b"x")

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_aborted_upload_is_gone(web: Web) -> None:
    upload = begun(web, "0/a")

    gone = web.send("DELETE", f"{UPLOADS}/{upload}")
    later = [
        web.send("DELETE", f"{UPLOADS}/{upload}"),
        web.send("GET", f"{UPLOADS}/{upload}"),
        put(web, upload, 0, b"x"),
        complete(web, upload, "0/a", b""),
    ]

    assert gone.status == 200
    assert [(answer.status, answer.code) for answer in later] == [(404, "RESOURCE_DOES_NOT_EXIST")] * 4


@pytest.mark.parametrize("path", [path for path in TRAVERSALS if "%" not in path])
def test_no_name_leads_out_of_the_store_by_an_upload(web: Web, path: str) -> None:
    upload = begun(web, "0/a")

    answers = [post(web, UPLOADS, path=path), complete(web, upload, path, b"")]

    assert [(answer.status, answer.code) for answer in answers] == [(400, "INVALID_PARAMETER_VALUE")] * 2


@pytest.mark.parametrize("name", ["..", "../secret", "%2e%2e", "..%2fsecret", "x", "A" * 32, "%00", "0" * 31 + "/"])
def test_no_id_of_an_upload_is_a_path(web: Web, name: str) -> None:
    answers = [
        web.send("GET", f"{UPLOADS}/{name}"),
        web.send("DELETE", f"{UPLOADS}/{name}"),
        put(web, name, 0, b"x"),
        complete(web, name, "0/a", b""),
    ]

    assert {answer.status for answer in answers} <= {400, 404, 405}


def test_upload_over_a_folder_is_refused(web: Web) -> None:
    root = root_of(web.new_run())
    web.send("PUT", f"{PROXY}/{root}/d/a", b"1")

    early = post(web, UPLOADS, path=f"{root}/d")
    through = complete(web, begun(web, f"{root}/d/a/b"), f"{root}/d/a/b", b"")

    assert (early.status, through.status) == (400, 400)


def test_upload_beyond_the_limit_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_MAX_ARTIFACT_MB", "1")
    upload = begun(web, "0/a")

    within = put(web, upload, 0, bytes(1_000_000))
    beyond = put(web, upload, 1_000_000, b"x")

    assert within.status == 200
    assert (beyond.status, beyond.code) == (413, "REQUEST_LIMIT_EXCEEDED")


def test_calls_have_their_method(web: Web) -> None:
    upload = begun(web, "0/a")

    assert web.send("POST", f"{UPLOADS}/{upload}/bytes?offset=0", b"x").status == 405
    assert web.send("PUT", f"{UPLOADS}/{upload}", b"x").status == 405
