"""Writers of one file stand in line."""

import fcntl
import threading
from contextlib import closing
from pathlib import Path

from runstone.stores.sql.store import SqlStore
from runstone.stores.sql.turns import turn


def test_one_at_a_time_is_let_through(tmp_path: Path) -> None:
    line = tmp_path / "line"
    line.touch()
    entered = threading.Event()
    came: list[str] = []

    def second() -> None:
        entered.set()
        with turn(line):
            came.append("second")

    with turn(line):
        thread = threading.Thread(target=second)
        thread.start()
        entered.wait()
        came.append("first")
    thread.join()

    assert came == ["first", "second"]


def test_turn_is_given_back_after_an_error(tmp_path: Path) -> None:
    line = tmp_path / "line"
    line.touch()

    try:
        with turn(line):
            raise LookupError
    except LookupError:
        pass

    with line.open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_nobody_waits_where_there_is_no_line(tmp_path: Path) -> None:
    entered = []

    with turn(tmp_path / "missing"), turn(tmp_path / "missing"):
        entered.append("both")

    assert entered == ["both"]
    assert not list(tmp_path.iterdir())


def test_change_waits_in_the_line_of_its_database(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        store.create_experiment("first")
        with (tmp_path / "runstone.db-wal").open() as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            made = store.submit(lambda: store.create_experiment("second"))
            before = made.done()

        assert not before
        assert store.get_experiment(made.result()).name == "second"
