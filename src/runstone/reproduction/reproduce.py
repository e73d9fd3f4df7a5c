"""A run done again: the same code, environment and command, logged to a new run, and a verdict."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import time

from msgspec import Struct, field
from msgspec.structs import replace

from runstone.client.capture import reading
from runstone.client.capture.code import CodeFacts
from runstone.client.capture.environment import EnvironmentFacts
from runstone.client.client import Client
from runstone.client.redaction import MARK
from runstone.entities import LifecycleStage, Run, RunStatus
from runstone.entities.names import MAX_RUN_NAME
from runstone.entities.tag import PARENT_RUN_ID, REPRODUCED_BY, REPRODUCES, REPRODUCTION, SOURCE_NAME
from runstone.errors import NotReproducible, RunstoneError
from runstone.journal import folder as journals
from runstone.reproduction import checkout, interpreter, live
from runstone.reproduction.comparison import Compared, Tolerances, compare
from runstone.reproduction.interpreter import Interpreter
from runstone.schemas import wire

SAME, DIFFERENT, FAILED, NOTHING = "same", "different", "failed", "nothing to compare"
_FILE = "sqlite:///"
_STDERR = 2
_AGAIN = " again"


class Plan(Struct, frozen=True):
    """What is to be done.

    Attributes:
        run: The original.
        code: Its code.
        environment: Its environment.
        places: Repositories that may have the commit.
        secrets: How many secrets of its code are not kept, nor in its commit.
    """

    run: Run
    code: CodeFacts
    environment: EnvironmentFacts
    places: list[str]
    secrets: int


class Reproduction(Struct, frozen=True, kw_only=True):
    """What came of it; kept as ``runstone/reproductions/NEW_RUN.json`` of the original.

    Attributes:
        version: Version of the format.
        run_id: The original.
        reproduced_by: The new run.
        reproduced_at: Milliseconds since the Unix epoch, UTC.
        verdict: ``same``, ``different``, ``failed``, or ``nothing to compare`` where the original has no metric.
        exit_code: That of the program.
        differences: How the environment differed from what was recorded.
        tolerances: How far metrics could be apart.
        metrics: All metrics of both.
        beside: Runs of the same program that began after the new one, and are compared with nothing.
    """

    version: int = 1
    run_id: str
    reproduced_by: str
    reproduced_at: int
    verdict: str
    exit_code: int
    differences: list[str] = field(default_factory=list)
    tolerances: Tolerances = Tolerances()
    metrics: list[Compared] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


def plan(client: Client, run_id: str, repository: str | None, standing: Path) -> Plan:
    """See what a run captured, and whether that is enough.

    Args:
        client: The handle on where the run is kept.
        run_id: The run.
        repository: Path or address of the repository that has its commit; looked for if ``None``.
        standing: Working directory of now.

    Raises:
        NotReproducible: It is not enough, or its commit is nowhere; the message says what is missing.
        RunNotFound: There is no such run.
    """
    run = client.get_run(run_id)
    if place := _trash(client, run):
        raise NotReproducible(f"the run {run_id} cannot be done again: {place}")
    captured = reading.of(client, run_id)
    code, environment = captured.code, captured.environment
    if reason := _why_not(run, code, environment):
        raise NotReproducible(f"the run {run_id} cannot be done again: {reason}")
    assert code is not None
    assert environment is not None
    assert code.commit is not None
    places = checkout.sources(code, repository, standing)
    checkout.check_places(code.commit, places)
    return Plan(run, code, environment, places, checkout.lost_secrets(client, run_id, code))


def _trash(client: Client, run: Run) -> str:
    """Whether a run can hold no verdict, or its experiment no other run; empty if both can."""
    if client.get_experiment(run.info.experiment_id).lifecycle_stage is LifecycleStage.DELETED:
        return f"its experiment is in the trash; `runstone experiments restore {run.info.experiment_id}` takes it back"
    if run.info.lifecycle_stage is LifecycleStage.DELETED:
        return f"it is in the trash; `runstone runs restore {run.info.run_id}` takes it back"
    return ""


def _why_not(run: Run, code: CodeFacts | None, environment: EnvironmentFacts | None) -> str:  # noqa: C901  # a list of rules
    around = run.data.tags.get(PARENT_RUN_ID)
    if code is None or environment is None:
        if around is not None:
            return f"it was started within the run {around}, which has its code; do that one again"
        return f"its {'code' if code is None else 'environment'} was not captured"
    if environment.notebook:
        return "it was started in a notebook, which has no command"
    if code.commit is None:
        return "its repository had no commit yet"
    if not re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", code.commit):
        return f"its commit {code.commit[:100]!r} is none"
    if not environment.command:
        return "no command starts it: its code came from a prompt or standard input, or it is that of a worker process"
    if "/" in environment.command[0]:
        return f"its command begins with {environment.command[0][:100]!r}, which is no name of a program"
    if environment.directory is None:
        return "its working directory was not in its repository"
    if any(MARK in argument for argument in environment.command):
        return "its command line held a secret, which is not kept"
    if any("\ufffd" in argument for argument in environment.command):
        return "its command line was not UTF-8, and is not kept as it was"
    if unkept := next((left for left in code.left_out if left.reason.startswith("no patch")), None):
        return unkept.reason
    return ""


def reproduce(
    client: Client,
    planned: Plan,
    folder: Path,
    *,
    with_this_python: bool,
    tolerances: Tolerances,
    prints_aside: bool = False,
) -> Reproduction:
    """Do a run again, and attach the verdict to it. The program prints to our own output.

    Args:
        client: The handle on where the run is kept.
        planned: What is to be done.
        folder: An empty folder, for the code and the environment.
        with_this_python: Whether the program runs with the Python that runs this; else an environment is made.
        tolerances: How far metrics may be apart.
        prints_aside: Whether the program's standard output goes to our standard error.

    Raises:
        NotReproducible: The code or the environment cannot be had.
        InvalidValue: A tolerance is given for what is no metric of the run.
    """
    run, environment = planned.run, planned.environment
    tolerances.check_names(run.data.metrics)
    assert planned.code.commit is not None
    code = folder / "code"
    code.mkdir()
    checkout.check_out(client, run.info.run_id, planned.code, planned.places, code)
    if with_this_python:
        found = interpreter.of_this_process(environment)
    else:
        found = interpreter.make(environment, folder / "environment", code, planned.code.commit)
    found = replace(found, settings=live.lead(planned.code.commit, code, folder / "imports"))
    directory = code / (environment.directory or "")
    if not directory.is_dir():
        raise NotReproducible(f"the folder {environment.directory!r} that the run was started in is not in its code")
    again = client.create_run(
        run.info.experiment_id,
        run_name=run.info.run_name[: MAX_RUN_NAME - len(_AGAIN)] + _AGAIN,
        tags={REPRODUCES: run.info.run_id},
    ).info.run_id
    try:
        stdout = _STDERR if prints_aside else None
        exit_code = _run(client, run.info.run_id, again, environment, found, directory, stdout=stdout)
    except BaseException as error:  # Ctrl-C, mostly
        with suppress(RunstoneError):
            _end_unless_ended(client, again, RunStatus.FAILED if isinstance(error, Exception) else RunStatus.KILLED)
        raise
    return _conclude(client, run, again, exit_code, found, tolerances)


def _run(
    client: Client,
    original: str,
    again: str,
    environment: EnvironmentFacts,
    found: Interpreter,
    directory: Path,
    *,
    stdout: int | None,
) -> int:
    program, *arguments = environment.command
    if program.startswith(("python", "pypy")):
        command = [str(found.python), *arguments]
    else:
        command = [str(found.python.with_name(program)), *arguments]
    uri = client.tracking_uri
    if uri.startswith(_FILE):
        uri = _FILE + str(Path(uri.removeprefix(_FILE)).absolute())
    settings = {
        **found.settings,
        "RUNSTONE_TRACKING_URI": uri,
        "RUNSTONE_RUN_ID": again,
        "RUNSTONE_REPRODUCES": original,
        "RUNSTONE_OFFLINE": "false",
        "RUNSTONE_JOURNAL_DIR": str(journals.root()),
        "PATH": os.pathsep.join([str(found.python.parent), os.environ.get("PATH", os.defpath)]),
    }
    if found.python != Path(sys.executable):
        settings["VIRTUAL_ENV"] = str(found.python.parent.parent)
    try:
        done = subprocess.run(  # noqa: S603  # a list; the user has been asked
            command,
            cwd=directory,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,  # what is typed here is meant for us
            stdout=stdout,
            check=False,
        )
    except OSError as error:
        raise NotReproducible(f"the command {program!r} of the run cannot be started: {error.strerror}") from error
    return done.returncode


def _end_unless_ended(client: Client, run_id: str, status: RunStatus) -> bool:
    """End a run that its program has never begun, or has left; returns whether that had to be done."""
    is_open = client.get_run(run_id).info.status is RunStatus.RUNNING
    if is_open:
        client.set_terminated(run_id, status)
    return is_open


def _conclude(
    client: Client, run: Run, again: str, exit_code: int, found: Interpreter, tolerances: Tolerances
) -> Reproduction:
    was_open = _end_unless_ended(client, again, RunStatus.FAILED)
    metrics = compare(run.data.metrics, client.get_run(again).data.metrics, tolerances)
    if exit_code or was_open:
        verdict = FAILED
    elif not any(metric.first is not None for metric in metrics):
        verdict = NOTHING
    else:
        verdict = SAME if all(metric.is_same for metric in metrics) else DIFFERENT
    reproduction = Reproduction(
        run_id=run.info.run_id,
        reproduced_by=again,
        reproduced_at=int(time() * 1000),
        verdict=verdict,
        exit_code=exit_code,
        differences=found.differences,
        tolerances=tolerances,
        metrics=metrics,
        beside=_beside(client, run, again),
    )
    client.log_text(run.info.run_id, wire.encode(reproduction).decode() + "\n", f"runstone/reproductions/{again}.json")
    client.set_tag(run.info.run_id, REPRODUCTION, verdict)
    client.set_tag(run.info.run_id, REPRODUCED_BY, again)
    return reproduction


def _beside(client: Client, run: Run, again: str) -> list[str]:
    """The runs that the program has made besides, but for those within others, as far as they can be told."""
    begun = client.get_run(again).info.start_time
    found = client.search_runs([run.info.experiment_id], f"attributes.start_time >= {begun}")
    tags = run.data.tags.get(SOURCE_NAME), None  # a name of the program, and no run around it
    return [
        other.info.run_id
        for other in found
        if other.info.run_id != again and (other.data.tags.get(SOURCE_NAME), other.data.tags.get(PARENT_RUN_ID)) == tags
    ]
