"""The socket, the options, and what happens before anyone is let in."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from runstone.errors import BackendError, InvalidValue, SchemaMismatch
from runstone.server.listen import ServerOptions, address_of, bind, serve
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server
from tests.server.web import Web


def test_socket_names_its_protocol_so_that_small_answers_are_not_held_back() -> None:
    with bind("127.0.0.1", 0) as sock:
        assert sock.proto == socket.IPPROTO_TCP
        assert address_of(sock) == f"http://127.0.0.1:{sock.getsockname()[1]}"


def test_connection_of_a_computer_that_went_away_ends() -> None:
    with bind("127.0.0.1", 0) as sock, socket.create_connection(sock.getsockname()):
        accepted, _ = sock.accept()
        with accepted:
            is_watched = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            idle_s = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)

    assert (is_watched, idle_s) == (1, 60)


def test_taken_port_is_named_with_the_fix() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(BackendError, match=f"cannot listen on 127.0.0.1:{port}: .*choose another --port"):
            bind("127.0.0.1", port)


def test_strangers_are_refused_before_anything_is_opened(tmp_path: Path) -> None:
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/runstone.db", host="0.0.0.0")

    with pytest.raises(InvalidValue, match="--insecure-no-auth"):
        serve(options, announce=print)

    assert list(tmp_path.iterdir()) == []


def test_database_that_is_none_is_refused_before_listening(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"these are notes, no database" * 10)
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/notes.txt", port=0)

    with pytest.raises(SchemaMismatch, match=r"notes\.txt"):
        serve(options, announce=print)


def test_server_does_not_keep_its_runs_in_another_server() -> None:
    with pytest.raises(InvalidValue, match="another server"):
        ServerOptions(store_uri="http://127.0.0.1:1").application()


def test_files_go_where_the_operator_said_and_the_database_remembers(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    options = ServerOptions(store_uri=uri, artifacts_destination=f"{tmp_path}/files")

    with running_server(options) as address:
        web = Web(address)
        run = web.new_run()
        web.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a.txt", b"hello")

    assert (tmp_path / "files" / "0" / run / "artifacts" / "a.txt").read_bytes() == b"hello"
    direct = SqlStore(uri)
    assert direct.get_run(run).info.artifact_uri.endswith(f"{tmp_path}/files/0/{run}/artifacts")
    direct.close()


def test_clients_that_keep_files_themselves_are_told_where(tmp_path: Path) -> None:
    options = ServerOptions(
        store_uri=f"sqlite:///{tmp_path}/runstone.db",
        default_artifact_root=f"{tmp_path}/shared",
        serves_artifacts=False,
    )

    with running_server(options) as address:
        web = Web(address)
        run = web.new_run()
        uri = web.get("runs/get", f"run_id={run}").json["run"]["info"]["artifact_uri"]
        folder = tmp_path / "shared" / "0" / run / "artifacts"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_bytes(b"hello")
        listed = web.get("artifacts/list", f"run_id={run}").json["files"]
        put = web.send("PUT", "/api/2.0/mlflow-artifacts/artifacts/0/a.txt", b"x")

    assert uri == str(folder)
    assert listed == [{"path": "a.txt", "is_dir": False, "file_size": 5}]
    assert (put.status, put.code) == (501, "NOT_IMPLEMENTED")


def test_allowed_host_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_ALLOWED_HOSTS", "runs.example, other.example")
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/runstone.db", allowed_hosts=["lab.example:80"])

    with running_server(options) as address:
        web = Web(address)
        hosts = ["runs.example", "other.example:5000", "lab.example", "third.example"]
        statuses = [web.send("GET", "/health", headers={"Host": host}).status for host in hosts]

    assert statuses == [200, 200, 200, 403]


def test_files_of_former_runs_are_not_left_behind_by_another_option(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with running_server(ServerOptions(store_uri=uri, artifacts_destination=f"{tmp_path}/first")) as address:
        web = Web(address)
        run = web.new_run()
        web.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a.txt", b"hello")

    second = f"{tmp_path}/second"
    for options in (
        ServerOptions(store_uri=uri, artifacts_destination=second),
        ServerOptions(store_uri=uri, default_artifact_root=second),
    ):
        with pytest.raises(InvalidValue, match=r"have their files in '.*first', not in '.*second'"):
            options.opened()
    (tmp_path / "first").rename(tmp_path / "second")
    moved = ServerOptions(store_uri=uri, artifacts_destination=f"{tmp_path}/second").opened()

    assert moved.tracking.artifact_root() == f"{tmp_path}/second"
    moved.tracking.close()


@pytest.mark.parametrize("place", ["nowhere://place", "a.txt/files", "/proc/nobody/files"])
def test_place_where_no_files_can_be_kept_is_told_at_the_start_and_not_recorded(tmp_path: Path, place: str) -> None:
    (tmp_path / "a.txt").write_text("a file")
    uri = f"sqlite:///{tmp_path}/runstone.db"
    destination = place if ":" in place or place.startswith("/") else f"{tmp_path}/{place}"

    with pytest.raises((BackendError, InvalidValue), match=r"no files can be kept in|nowhere"):
        ServerOptions(store_uri=uri, artifacts_destination=destination).opened()

    with closing(SqlStore(uri)) as store:
        assert store.artifact_root() == f"{tmp_path}/runstone-artifacts"


def test_clients_are_not_left_without_a_place_for_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="--default-artifact-root"):
        ServerOptions(store_uri=f"sqlite:///{tmp_path}/runstone.db", serves_artifacts=False).opened()

    assert list(tmp_path.iterdir()) == []


def test_folder_that_the_owner_of_the_database_named_is_shown(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    direct = SqlStore(uri)
    experiment = direct.create_experiment("own", artifact_location=f"{tmp_path}/own")
    run = direct.create_run(experiment).info
    direct.close()
    Path(run.artifact_uri).mkdir(parents=True)
    (Path(run.artifact_uri) / "a.txt").write_bytes(b"hello")

    with running_server(ServerOptions(store_uri=uri)) as address:
        web = Web(address)
        listed = web.get("artifacts/list", f"run_id={run.run_id}").json["files"]
        read = web.send("GET", f"/get-artifact?run_id={run.run_id}&path=a.txt").body
        outside = web.send("GET", f"/get-artifact?run_id={run.run_id}&path=../../../runstone.db")

    assert [file["path"] for file in listed] == ["a.txt"]
    assert read == b"hello"
    assert (outside.status, outside.code) == (400, "INVALID_PARAMETER_VALUE")


def test_files_of_another_database_in_the_same_folder_are_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "runstone-artifacts" / "0").mkdir(parents=True)
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/team.db", artifacts_destination=f"{tmp_path}/team")

    stores = options.opened()

    assert stores.tracking.artifact_root() == f"{tmp_path}/team"
    stores.tracking.close()
