"""What holds for every test: a clean environment, and no silent skips where everything must run."""

import gc
import importlib
import os
import re
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import hypothesis
import pytest

from runstone import config
from runstone.client import context

REQUIRE_ALL = "RUNSTONE_REQUIRE_ALL"
OURS = ("RUNSTONE_", "MLFLOW_")
# Tests that say what they have counted.
COUNTING = re.compile(r"\btests/faults/")
# What a run records by itself would be in the way of tests that are not about it; those that are switch it on.
CAPTURES = [setting.name for setting in config.SETTINGS if setting.name.startswith("RUNSTONE_CAPTURE_")]
CAPTURES.append(config.ENABLE_SYSTEM_METRICS_LOGGING.name)

# A machine under load is slow, which is no failure; where everything must run, it runs the same each time.
hypothesis.settings.register_profile("house", deadline=None, derandomize=os.environ.get(REQUIRE_ALL) == "1")
hypothesis.settings.load_profile("house")

# Thousands of child processes import the same modules: they keep them compiled, though the shell may forbid it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell starts what stands in its background without Ctrl-C, and every child inherits that; tests end some so.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was collected stays, some 700,000 objects: the search for garbage looks at them no more."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the developer's shell reach no test, nor a child process of one; and nothing is captured."""
    for name in list(os.environ):
        if name.startswith(OURS) and name != REQUIRE_ALL:
            monkeypatch.delenv(name)
    for name in CAPTURES:
        monkeypatch.setenv(name, "false")


@pytest.fixture
def no_search_for_garbage() -> Iterator[None]:
    """Nothing that another test has left is looked for, and finalised, where calls go as deep as they may.

    A finaliser finds no room there, and its failure would be this test's.
    """
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def unmeasured_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Child processes of a test count no coverage: for those that go where tests have gone in this process."""
    for name in list(os.environ):
        if name.startswith("COVERAGE_"):
            monkeypatch.delenv(name)


@pytest.fixture
def unmeasured(no_cover: None, unmeasured_children: None) -> None:
    """Neither a test nor its child processes count coverage, which makes them half as fast.

    For what goes a thousand times where others went once, and for processes that are killed and cannot tell it.
    """


@pytest.fixture(autouse=True)
def empty_folder_of_an_example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An example of a docstring runs in an empty folder with nothing chosen, as its reader would."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(request.getfixturevalue("tmp_path"))
        context.forget_choices()
        yield
        context.forget_choices()
    else:
        yield


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get(REQUIRE_ALL) == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{REQUIRE_ALL}=1 forbids this: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip is a failure where ``RUNSTONE_REQUIRE_ALL`` is 1."""
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """So is a module that skips itself."""
    report = yield
    _forbid_skip(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests of faults have counted is their result: it is shown at the end, whoever ran them."""
    told = [report for report in terminalreporter.stats.get("passed", ()) if COUNTING.search(report.nodeid)]
    if any(report.capstdout for report in told):
        terminalreporter.section("counted under faults")
    for report in sorted(told, key=lambda report: str(report.nodeid)):
        for line in report.capstdout.splitlines():
            terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {line}")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them; to copy it takes a tenth of the time that another one does."""
    place = tmp_path_factory.mktemp("empty") / "runstone.db"
    # Loaded on use, as what follows.
    importlib.import_module("runstone.stores.sql.database").open_database(place)
    return place


@pytest.fixture
def sqlite_uri(empty_database: Path, tmp_path: Path) -> str:
    """Address of the database ``runstone.db`` in the folder of the test, with tables and nothing in them."""
    copyfile(empty_database, tmp_path / "runstone.db")
    return f"sqlite:///{tmp_path}/runstone.db"


@pytest.fixture
def postgres_uri() -> Iterator[str]:
    """Address of a database on a real PostgreSQL, with tables and nothing in them."""
    postgres = _postgres()
    with postgres.new_database() as uri:
        yield uri


@pytest.fixture(scope="module")
def module_postgres_uri() -> Iterator[str]:
    """The same for all tests of a module."""
    with _postgres().new_database() as uri:
        yield uri


@pytest.fixture
def empty_postgres_uri() -> Iterator[str]:
    """Address of a database on a real PostgreSQL, without tables."""
    with _postgres().new_database(is_empty=True) as uri:
        yield uri


def _postgres() -> Any:
    # Loaded on use: most tests need none of it.
    postgres = importlib.import_module("tests.postgres")
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    return postgres
