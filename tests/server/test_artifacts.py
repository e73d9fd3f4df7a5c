"""Files go through the server whole or not at all, and no name leads out of the run's folder."""

import base64
import hashlib
import socket
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runstone.errors import TooLarge
from runstone.server.listen import ServerOptions
from runstone.server.routes.route import MOST_UPLOADS
from runstone.testing.server import running_server
from runstone.transport import Transport
from tests.server.web import Web

PROXY = "/api/2.0/mlflow-artifacts/artifacts"

# Class D1 of what went wrong elsewhere: every way to say "outside".
TRAVERSALS = [
    "../secret",
    "a/../../secret",
    "/etc/passwd",
    "..",
    ".",
    "a//b",
    "a/",
    "./a",
    "%2e%2e/secret",
    "%2e%2e%2fsecret",
    "%252e%252e/secret",
    "..%2f..%2fsecret",
    "%2fetc%2fpasswd",
    "..%5csecret",
    "a%5c..%5csecret",
    "C:%5csecret",
    "C:secret",
    "a%00.txt",
    "a%0a.txt",
    "file:%2f%2f%2fetc%2fpasswd",
    "a%ff.txt",
    "x" * 1001,
    "y" * 256,
]


def root_of(run: str) -> str:
    return f"0/{run}/artifacts"


def test_file_comes_back_as_it_was_sent(web: Web) -> None:
    run = web.new_run()
    data = bytes(range(256)) * 5000

    put = web.send("PUT", f"{PROXY}/{root_of(run)}/data/all%20bytes.bin", data)
    got = web.send("GET", f"{PROXY}/{root_of(run)}/data/all%20bytes.bin")

    assert (put.status, got.status) == (200, 200)
    assert got.body == data
    assert got.headers["content-length"] == str(len(data))


def test_folders_are_listed_for_runs_and_for_the_store(web: Web) -> None:
    run = web.new_run()
    web.send("PUT", f"{PROXY}/{root_of(run)}/plots/roc.png", b"12345")
    web.send("PUT", f"{PROXY}/{root_of(run)}/note.txt", b"")

    top = web.get("artifacts/list", f"run_id={run}").json
    plots = web.get("artifacts/list", f"run_id={run}&path=plots").json["files"]
    proxied = web.send("GET", f"{PROXY}?path={root_of(run)}/plots").json["files"]

    assert top == {
        "root_uri": f"mlflow-artifacts:/{root_of(run)}",
        "files": [{"path": "note.txt", "is_dir": False, "file_size": 0}, {"path": "plots", "is_dir": True}],
    }
    assert plots == [{"path": "plots/roc.png", "is_dir": False, "file_size": 5}]
    assert proxied == [{"path": "roc.png", "is_dir": False, "file_size": 5}]


def test_run_without_files_has_an_empty_list(web: Web) -> None:
    run = web.new_run()

    assert "files" not in web.get("artifacts/list", f"run_id={run}").json
    assert "files" not in web.get("artifacts/list", f"run_id={run}&path=nowhere").json


def test_deleted_file_is_gone_and_deleting_it_again_is_no_error(web: Web) -> None:
    path = f"{PROXY}/{root_of(web.new_run())}/a.txt"
    web.send("PUT", path, b"1")

    first = web.send("DELETE", path)
    again = web.send("DELETE", path)

    assert (first.status, again.status) == (200, 200)
    assert web.send("GET", path).code == "RESOURCE_DOES_NOT_EXIST"


def test_root_of_all_artifacts_is_not_deleted(web: Web) -> None:
    answer = web.send("DELETE", f"{PROXY}/")

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("path", TRAVERSALS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_name_leads_out_of_the_store(web: Web, method: str, path: str) -> None:
    answer = web.send(method, f"{PROXY}/{path}", b"x" if method == "PUT" else None)

    assert answer.status in {400, 404}
    assert answer.code in {"INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND"}
    assert b"root:" not in answer.body


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_name_leads_out_of_a_run(web: Web, path: str) -> None:
    run = web.new_run()

    listed = web.get("artifacts/list", f"run_id={run}&path={path}")
    fetched = web.send("GET", f"/get-artifact?run_id={run}&path={path}")
    proxied = web.send("GET", f"{PROXY}?path={root_of(run)}/{path}")

    assert listed.status == 400
    assert fetched.status in {400, 404}
    assert proxied.status == 400 or "files" not in proxied.json


def test_browser_gets_an_artifact_in_a_sandbox(web: Web) -> None:
    run = web.new_run()
    web.send("PUT", f"{PROXY}/{root_of(run)}/page.html", b"<script>alert(1)</script>")

    answer = web.send("GET", f"/get-artifact?run_id={run}&path=page.html")

    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/html")


def test_unknown_kinds_are_saved_not_shown(web: Web) -> None:
    run = web.new_run()
    web.send("PUT", f"{PROXY}/{root_of(run)}/mod%C3%A8le.pkl", b"x")

    answer = web.send("GET", f"/get-artifact?run_id={run}&path=mod%C3%A8le.pkl")

    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''mod%C3%A8le.pkl"


def test_senders_that_stop_halfway_keep_nobody_from_reading(tmp_path: Path) -> None:
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/a.db", artifacts_destination=f"{tmp_path}/files")
    with running_server(options) as address, ExitStack() as senders:
        web = Web(address)
        web.send("PUT", f"{PROXY}/whole.txt", b"whole")
        place = urlsplit(address)
        for number in range(MOST_UPLOADS + 1):
            sender = senders.enter_context(socket.create_connection((place.hostname, place.port)))
            head = f"PUT {PROXY}/{number} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 9\r\n\r\n"
            sender.sendall(head.encode() + b"half")
        while len(list((tmp_path / "files").glob(".runstone-*.part"))) < MOST_UPLOADS:
            pass

        answer = web.send("GET", f"{PROXY}/whole.txt")

    assert answer.body == b"whole"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rows.csv.gz", "application/gzip"),
        ("picture.svgz", "application/gzip"),
        ("rows.csv.xz", "application/octet-stream"),
    ],
)
def test_packed_file_is_not_taken_for_what_is_inside(web: Web, name: str, kind: str) -> None:
    run = web.new_run()
    web.send("PUT", f"{PROXY}/{root_of(run)}/{name}", b"x")

    answer = web.send("GET", f"/get-artifact?run_id={run}&path={name}")

    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=99-", 200, b"0123456789"),
        ("bytes=3-1", 200, b"0123456789"),
        ("bytes=a-b", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("lines=0-1", 200, b"0123456789"),
        ("bytes=" + "9" * 5000 + "-", 200, b"0123456789"),
    ],
)
def test_parts_of_a_file_are_sent_on_request(web: Web, wanted: str, status: int, body: bytes) -> None:
    run = web.new_run()
    web.send("PUT", f"{PROXY}/{root_of(run)}/digits.txt", b"0123456789")

    answer = web.send("GET", f"/get-artifact?run_id={run}&path=digits.txt", headers={"Range": wanted})

    assert (answer.status, answer.body) == (status, body)


def test_head_tells_the_size_without_the_bytes(web: Web) -> None:
    run = web.new_run()
    web.send("PUT", f"{PROXY}/{root_of(run)}/a.txt", b"12345")

    answer = web.send("HEAD", f"/get-artifact?run_id={run}&path=a.txt")

    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "5")


@pytest.mark.parametrize("query", ["", "run_id=x", "path=a.txt"])
def test_request_that_names_no_file_is_refused(web: Web, query: str) -> None:
    answer = web.send("GET", f"/get-artifact?{query}")

    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_folder_is_no_file(web: Web) -> None:
    run = web.new_run()
    web.send("PUT", f"{PROXY}/{root_of(run)}/folder/a.txt", b"1")

    read = web.send("GET", f"/get-artifact?run_id={run}&path=folder")
    write = web.send("PUT", f"{PROXY}/{root_of(run)}/folder", b"1")
    through = web.send("PUT", f"{PROXY}/{root_of(run)}/folder/a.txt/b", b"1")

    assert read.code == "RESOURCE_DOES_NOT_EXIST"
    assert (write.status, through.status) == (400, 400)


def test_upload_that_breaks_off_leaves_the_old_file(web: Web) -> None:
    run = web.new_run()
    path = f"{PROXY}/{root_of(run)}/big.bin"
    web.send("PUT", path, b"old")
    at = urlsplit(web.address)

    with socket.create_connection((at.hostname, at.port)) as connection:
        head = f"PUT {path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Length: 10000000\r\n\r\n"
        connection.sendall(head.encode() + b"new" * 100_000)

    assert web.send("GET", path).body == b"old"
    assert [f["path"] for f in web.get("artifacts/list", f"run_id={run}").json["files"]] == ["big.bin"]


def test_hash_of_a_file_is_told_to_who_sends_and_who_fetches_it(web: Web) -> None:
    path = f"{PROXY}/{root_of(web.new_run())}/a.txt"
    digest = base64.b64encode(hashlib.sha256(b"12345").digest()).decode()

    put = web.send("PUT", path, b"12345")
    got = web.send("GET", path)
    part = web.send("GET", path, headers={"Range": "bytes=1-2"})

    assert [answer.headers["repr-digest"] for answer in (put, got, part)] == [f"sha-256=:{digest}:"] * 3


@pytest.mark.parametrize("chunked", [False, True])
def test_file_beyond_the_limit_is_refused_and_nothing_is_written(
    web: Web, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    monkeypatch.setenv("RUNSTONE_MAX_ARTIFACT_MB", "1")
    run = web.new_run()
    path = f"{PROXY}/{root_of(run)}/large.bin"
    transport = Transport(web.address)
    pieces = [bytes(100_000)] * 10

    transport.send("PUT", path, body=iter(pieces) if chunked else b"".join(pieces))
    with pytest.raises(TooLarge, match="RUNSTONE_MAX_ARTIFACT_MB"):
        transport.send("PUT", path, body=iter([*pieces, b"x"]) if chunked else b"".join(pieces) + b"x")

    assert len(web.send("GET", path).body) == 1_000_000


def test_artifacts_that_clients_keep_elsewhere_are_not_opened(web: Web) -> None:
    created = web.post("experiments/create", name="elsewhere", artifact_location="s3://bucket/runs")
    run = web.new_run(created.json["experiment_id"])

    answer = web.get("artifacts/list", f"run_id={run}")

    assert (answer.status, answer.code) == (501, "NOT_IMPLEMENTED")
    assert "s3://bucket/runs" in answer.json["message"]


@pytest.mark.slow
def test_large_file_comes_back_whole(web: Web) -> None:
    run = web.new_run()
    data = hashlib.sha256(b"seed").digest() * 2_000_000

    web.send("PUT", f"{PROXY}/{root_of(run)}/large.bin", data)
    back = web.send("GET", f"{PROXY}/{root_of(run)}/large.bin").body

    assert hashlib.sha256(back).digest() == hashlib.sha256(data).digest()


def test_file_is_closed_when_its_reader_goes_away(web: Web) -> None:
    run = web.new_run()
    path = f"{PROXY}/{root_of(run)}/long.bin"
    web.send("PUT", path, b"x" * 50_000_000)
    at = urlsplit(web.address)

    with socket.create_connection((at.hostname, at.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n".encode())
        connection.recv(1000)
        assert "long.bin" in open_files()

    web.send("GET", "/health")
    deadline = time.monotonic() + 30
    while "long.bin" in open_files() and time.monotonic() < deadline:
        web.send("GET", "/health")
    assert "long.bin" not in open_files()


def open_files() -> str:
    """The files that this process, where the server runs too, has open."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(link.readlink()))
    return "\n".join(found)


def test_file_that_is_replaced_while_it_is_read_is_sent_whole(web: Web) -> None:
    run = web.new_run()
    path = f"{PROXY}/{root_of(run)}/changing.bin"
    short, long = b"s" * 100, b"l" * 300_000
    web.send("PUT", path, short)

    def write() -> None:
        writer = Web(web.address)
        for _ in range(60):
            writer.send("PUT", path, long)
            writer.send("PUT", path, short)

    thread = threading.Thread(target=write)
    thread.start()
    seen = set()
    while thread.is_alive():
        seen.add(web.send("GET", path).body)
    thread.join()

    assert seen <= {short, long}
