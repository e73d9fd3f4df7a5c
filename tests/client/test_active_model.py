"""The active logged model: metrics and params that name no model are its own, in one thread, until it is cleared."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.entities import LoggedModelStatus
from runstone.errors import InvalidValue, LoggedModelNotFound


def kept(model: runstone.ActiveModel) -> dict[str, float]:
    """The metrics of a logged model."""
    return {metric.key: metric.value for metric in runstone.get_logged_model(model.model_id).metrics}


@pytest.mark.usefixtures("chosen")
class TestWithAStore:
    """Where there is a store, be it a database or a server."""

    def test_metrics_of_a_run_are_of_the_active_model_as_well(self) -> None:
        wheat = runstone.data.from_numpy(np.ones(3), name="wheat")

        with runstone.start_run() as run:
            model = runstone.set_active_model(name="active in a run")
            runstone.log_metric("loss", 0.5, step=1)
            runstone.log_metrics({"acc": 0.9}, dataset=wheat)
            runstone.clear_active_model()
            runstone.log_metric("later", 1.0)

        found = runstone.get_logged_model(model.model_id)
        assert [(metric.key, metric.step, metric.dataset_name) for metric in found.metrics] == [
            ("loss", 1, ""),
            ("acc", 0, "wheat"),
        ]
        assert (found.source_run_id, found.status) == (run.info.run_id, LoggedModelStatus.READY)
        assert runstone.get_run(run.info.run_id).data.metrics == {"loss": 0.5, "acc": 0.9, "later": 1.0}

    def test_model_that_is_named_goes_before_the_active_one(self) -> None:
        with runstone.start_run(), runstone.set_active_model(name="active") as model:
            other = runstone.create_external_model("named")
            runstone.log_metric("loss", 0.5, model_id=other.model_id)
            runstone.log_model_params({"depth": 3})

        assert kept(model) == {}
        assert runstone.get_logged_model(model.model_id).params == {"depth": "3"}
        assert [metric.key for metric in runstone.get_logged_model(other.model_id).metrics] == ["loss"]

    def test_name_stands_for_its_newest_model_in_the_experiment(self) -> None:
        runstone.set_experiment("two of a name")
        runstone.create_external_model("twice")
        newest = runstone.create_external_model("twice")

        again = runstone.set_active_model(name="twice")

        runstone.set_experiment("none of a name")
        elsewhere = runstone.set_active_model(name="twice")
        assert again.model_id == newest.model_id
        assert elsewhere.model_id != newest.model_id

    def test_block_gives_back_the_former_model(self) -> None:
        first = runstone.set_active_model(name="first")

        second = runstone.set_active_model(name="second")
        with pytest.raises(ZeroDivisionError), second:
            raise ZeroDivisionError

        assert second.former == first.model_id
        assert runstone.get_active_model_id() == first.model_id

    def test_other_thread_has_an_active_model_of_its_own(self) -> None:
        model = runstone.set_active_model(name="of the main thread")

        with ThreadPoolExecutor(1) as pool:
            there = pool.submit(runstone.get_active_model_id).result()
            pool.submit(runstone.clear_active_model).result()

        assert there is None
        assert runstone.get_active_model_id() == model.model_id

    def test_unknown_model_leaves_the_active_one(self) -> None:
        model = runstone.set_active_model(name="stays")

        with pytest.raises(LoggedModelNotFound):
            runstone.set_active_model(model_id="m-" + "0" * 32)

        assert runstone.get_active_model_id() == model.model_id


@pytest.mark.parametrize("wrong", [{}, {"name": "a", "model_id": "m-1"}, {"name": "a'b"}, {"name": ""}])
def test_model_is_made_active_by_a_name_or_an_id(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=r"one of name and model_id|the name of"):
        runstone.set_active_model(**wrong)


@pytest.mark.usefixtures("offline")
def test_active_model_is_kept_offline() -> None:
    with runstone.start_run() as run, runstone.set_active_model(name="on the train") as model:
        runstone.log_metric("loss", 0.5)

    assert kept(model) == {"loss": 0.5}
    assert model.source_run_id == run.info.run_id
