"""`runstone doctor`: each step on real parts, sound and broken."""

import json
import socket
import sqlite3
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from runstone.cli.doctor import check_modules, check_packages, check_port, check_python
from runstone.cli.extras import DEMO, MODELS, SERVER, SKLEARN
from runstone.cli.main import main
from runstone.journal import folder as journals
from runstone.journal.folder import RunFacts
from runstone.server.listen import ServerOptions
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server


def _examine(*options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = CliRunner().invoke(main, [*options, "doctor", "--json"])
    document = json.loads(done.stdout)
    assert document["ok"] == (done.exit_code == 0)
    return done.exit_code, {step["name"]: step for step in document["steps"]}


def test_folder_without_runs_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    code, steps = _examine()

    assert code == 0
    assert steps["store"]["found"] == f"{tmp_path / 'runstone.db'} is not there yet; the first run makes it"
    assert not list(tmp_path.iterdir())


def test_runs_that_wait_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, before = _examine()
    for run_id in ("a", "b"):
        journals.make(journals.root(), RunFacts(run_id=run_id, is_new=True))

    code, steps = _examine()

    assert code == 0
    assert (before["journals"]["state"], before["journals"]["found"]) == ("ok", "nothing waits to be sent")
    assert steps["journals"] == {
        "name": "journals",
        "state": "note",
        "found": "2 runs wait in .runstone to be sent",
        "fix": "`runstone sync` sends them",
    }


def test_database_and_its_artifacts_are_tried(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'runs.db'}"
    SqlStore(uri).close()

    code, steps = _examine("--tracking-uri", uri)

    assert code == 0
    assert steps["store"]["found"] == f"{uri} is sound, with 1 experiment in use"
    assert steps["artifacts"]["found"] == f"{tmp_path / 'runstone-artifacts'} can be written"
    assert not [file for file in tmp_path.rglob("*") if "doctor" in file.name]


def test_server_and_its_artifacts_are_tried(tmp_path: Path) -> None:
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path / 'runs.db'}")
    with running_server(options) as address:
        code, steps = _examine("--tracking-uri", address)

    assert code == 0
    assert steps["server"]["found"].startswith(f"{address} answers, version ")
    assert steps["artifacts"]["state"] == "ok"
    assert not [file for file in tmp_path.rglob("*") if "doctor" in file.name]


def test_server_that_takes_no_files_is_found(tmp_path: Path) -> None:
    options = ServerOptions(
        store_uri=f"sqlite:///{tmp_path / 'runs.db'}",
        default_artifact_root=str(tmp_path / "shared"),
        serves_artifacts=False,
    )
    with running_server(options) as address:
        code, steps = _examine("--tracking-uri", address)

    assert code == 1
    assert steps["artifacts"]["state"] == "failed"
    assert "--no-serve-artifacts" in steps["artifacts"]["fix"]


def test_server_that_is_away_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")

    code, steps = _examine("--tracking-uri", "http://127.0.0.1:9")

    assert code == 1
    assert steps["server"]["state"] == "failed"
    assert "http://127.0.0.1:9" in steps["server"]["found"]
    assert steps["server"]["fix"]


def test_password_of_the_address_is_not_shown(tmp_path: Path) -> None:
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path / 'runs.db'}")
    with running_server(options) as address:
        shown = CliRunner().invoke(
            main, ["--tracking-uri", address.replace("http://", "http://ada:open-sesame@"), "doctor"]
        )

    assert shown.exit_code == 0
    assert "open-sesame" not in shown.output


def test_file_that_is_no_database_is_found_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "runs.db").write_text("no database")

    code, steps = _examine("--tracking-uri", f"sqlite:///{tmp_path / 'runs.db'}")

    assert code == 1
    assert steps["store"]["state"] == "failed"
    assert (tmp_path / "runs.db").read_text() == "no database"


def test_artifacts_in_the_place_of_a_file_are_found(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'runs.db'}"
    SqlStore(uri).close()
    (tmp_path / "runstone-artifacts").write_text("in the way")

    code, steps = _examine("--tracking-uri", uri)

    assert code == 1
    assert steps["artifacts"]["state"] == "failed"
    assert "--artifacts-destination" in steps["artifacts"]["fix"]
    assert "write access" not in steps["artifacts"]["fix"]


def test_database_that_cannot_be_made_is_found(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")

    code, steps = _examine("--tracking-uri", f"sqlite:///{tmp_path / 'folder' / 'runs.db'}")

    assert code == 1
    assert steps["store"]["state"] == "failed"


def test_unreadable_setting_is_found_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_TIMEOUT", "soon")

    code, steps = _examine()

    assert code == 1
    assert steps["settings"]["fix"] == "unset RUNSTONE_HTTP_TIMEOUT, or correct it"
    assert "store" not in steps


@pytest.mark.parametrize(
    ("answer", "failing"),
    [(b"OK", "store"), (b"{}", "artifacts")],
    ids=["a server of something else", "a server that mixes up files"],
)
def test_server_that_only_seems_to_be_one_is_found(answer: bytes, failing: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_DELETE(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            while int(self.rfile.readline(), 16):  # pieces, each behind its length in hexadecimal
                while self.rfile.readline() != b"\r\n":
                    pass
            self.rfile.readline()
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        code, steps = _examine("--tracking-uri", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()

    assert code == 1
    assert [name for name, step in steps.items() if step["state"] == "failed"] == [failing]


def test_database_with_a_broken_reference_is_found(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'runs.db'}"
    SqlStore(uri).close()
    with closing(sqlite3.connect(tmp_path / "runs.db")) as driver:
        driver.execute("INSERT INTO pulse (run_id, seen_at) VALUES (99, 0)")
        driver.commit()

    code, steps = _examine("--tracking-uri", uri)

    assert code == 1
    assert "pulse" in steps["store"]["found"]
    assert "runstone db check" in steps["store"]["fix"]


def test_database_in_a_folder_that_is_not_there_can_be_made(tmp_path: Path) -> None:
    code, steps = _examine("--tracking-uri", f"sqlite:///{tmp_path / 'a' / 'b' / 'runs.db'}")

    assert code == 0
    assert steps["store"]["state"] == "ok"
    assert not list(tmp_path.iterdir())


def test_python_that_is_too_old_is_found() -> None:
    step = check_python((3, 10, 9))

    assert step.state == "failed"
    assert step.fix == "use Python 3.11 or newer"


def test_missing_package_is_found() -> None:
    step = check_packages(("click", "no-such-package"))

    assert step.state == "failed"
    assert step.found == "missing: no-such-package"


@pytest.mark.parametrize(
    ("extra", "modules"), [("server", SERVER), ("models", MODELS), ("sklearn", SKLEARN), ("demo", DEMO)]
)
def test_extra_brings_the_modules_that_are_looked_for(extra: str, modules: tuple[str, ...]) -> None:
    listed = [Requirement(line) for line in metadata.requires("runstone") or ()]
    brought = {each.name for each in listed if each.marker is not None and each.marker.evaluate({"extra": extra})}
    names = {"PIL": "pillow", "prometheus_client": "prometheus-client", "sklearn": "scikit-learn", "yaml": "pyyaml"}

    assert [module for module in modules if names.get(module, module) not in brought] == []


def test_missing_extra_is_a_note() -> None:
    step = check_modules("demo", ("no_such_module",), "`runstone demo`")

    assert step.state == "note"
    assert 'pip install "runstone[demo]"' in step.fix


def test_port_in_use_is_a_note() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        step = check_port(taken.getsockname()[1])

    assert step.state == "note"
    assert "--port" in step.fix


def test_failing_step_is_shown_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "runs.db").write_text("no database")

    shown = CliRunner().invoke(main, ["--tracking-uri", f"sqlite:///{tmp_path / 'runs.db'}", "doctor"])

    assert shown.exit_code == 1
    assert "✗ store: " in shown.stdout
    assert "\n  the setting RUNSTONE_TRACKING_URI or --tracking-uri names the store\n" in shown.stdout


def test_steps_are_lines_for_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    shown = CliRunner().invoke(main, ["doctor"])

    assert shown.stdout.startswith("✓ Python: 3.")
    assert "✓ packages: runstone " in shown.stdout


@pytest.mark.parametrize("address", ["http://h:99999", "http://h:abc", "http://[::1"])
def test_odd_address_of_a_server_is_one_failed_step(address: str) -> None:
    code, steps = _examine("--tracking-uri", address)

    assert code == 1
    assert steps["server"]["found"] == f"the address of a server looks like http://host:5000; got '{address}'"
    assert "port 5000" in steps
