"""A model that is logged without its server is loaded there once it was sent."""

from pathlib import Path

import numpy
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.client import Client
from runstone.client.connection import open_journals
from runstone.errors import BackendUnavailable, Unsupported
from tests.client.syncing import sync

ROWS = numpy.array([[1.0], [2.0], [3.0]])


@pytest.fixture
def model() -> LinearRegression:
    return LinearRegression().fit(ROWS, [2.0, 4.0, 6.0])


def test_model_that_was_logged_offline_is_loaded_here_and_there(
    address: str, offline: None, model: LinearRegression
) -> None:
    with runstone.start_run() as run:
        info = runstone.sklearn.log_model(model, name="line", input_example=ROWS, params={"depth": 1}, step=3)
    here = [runstone.sklearn.load_model(uri).coef_ for uri in (info.model_uri, f"runs:/{run.info.run_id}/line")]
    open_journals.close()

    code, said = sync("--tracking-uri", address, "sync")

    assert code == 0, said
    runstone.offline(False)
    runstone.set_tracking_uri(address)
    logged = runstone.get_logged_model(info.model_id)
    assert (logged.name, logged.status, logged.params) == ("line", "READY", {"depth": "1"})
    assert Path(".runstone") not in Path(logged.artifact_location).parents
    for uri in (info.model_uri, f"runs:/{run.info.run_id}/line"):
        there = runstone.sklearn.load_model(uri)
        assert [*here[0], *here[1], *there.coef_] == pytest.approx([2.0] * 3)
        assert runstone.pyfunc.load_model(uri).predict(ROWS) == pytest.approx([2.0, 4.0, 6.0])


def test_model_is_logged_while_the_server_is_away_and_sent_when_it_is_back(
    client: Client, model: LinearRegression, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: Client) -> None:
        raise BackendUnavailable("the server does not answer")

    runstone.set_tracking_uri(client.tracking_uri)
    with monkeypatch.context() as away:
        away.setattr(Client, "_check_store", gone)
        runstone.start_run()
    info = runstone.sklearn.log_model(model, name="line")
    here = runstone.sklearn.load_model(info.model_uri)
    runstone.end_run()

    there = runstone.sklearn.load_model(info.model_uri)

    assert [*here.coef_, *there.coef_] == pytest.approx([2.0, 2.0])
    assert client.get_logged_model(info.model_id).artifact_location != info.artifact_path


@pytest.mark.usefixtures("offline")
def test_model_is_not_registered_offline_and_nothing_of_it_is_kept(model: LinearRegression) -> None:
    with runstone.start_run() as run, pytest.raises(Unsupported, match="needs the store"):
        runstone.sklearn.log_model(model, name="line", registered_model_name="growth")

    assert not Path(".runstone/runs", run.info.run_id, "models").exists()


def test_model_is_logged_offline_without_a_run(address: str, offline: None, model: LinearRegression) -> None:
    info = runstone.sklearn.log_model(model, name="line")
    here = runstone.sklearn.load_model(info.model_uri)
    open_journals.close()

    code, said = sync("--tracking-uri", address, "sync")

    assert code == 0, said
    runstone.offline(False)
    runstone.set_tracking_uri(address)
    assert info.run_id is None
    assert [*here.coef_, *runstone.sklearn.load_model(info.model_uri).coef_] == pytest.approx([2.0, 2.0])
