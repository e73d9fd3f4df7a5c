"""The command line in this process, against a database and against a server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from click.testing import CliRunner, Result

from runstone.cli.main import main
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server

Command = Callable[..., Result]


@pytest.fixture(params=["sqlite", "http"])
def address(request: pytest.FixtureRequest, empty_database: Path, tmp_path: Path) -> Iterator[str]:
    """A store that is there: a database of its own, or a server's."""
    (tmp_path / "store").mkdir()
    copyfile(empty_database, tmp_path / "store" / "runs.db")
    database = f"sqlite:///{tmp_path / 'store' / 'runs.db'}"
    if request.param == "sqlite":
        yield database
        return
    with running_server(ServerOptions(store_uri=database)) as server:
        yield server


@pytest.fixture
def command(address: str) -> Command:
    """Runs ``runstone --tracking-uri ADDRESS ...``; the store has the experiment `trials`, with id 1."""

    def call(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, ["--tracking-uri", address, *arguments], input=typed)

    made = call("experiments", "create", "trials")
    assert made.output == "1\n", made.output
    return call


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs ``runstone ...`` in an empty folder where no store is chosen, for what needs none."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    def call(*arguments: str, typed: str | None = None) -> Result:
        done = CliRunner().invoke(main, arguments, input=typed)
        assert not list(Path().iterdir())
        return done

    return call
