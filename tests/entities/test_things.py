"""Experiments and runs offer what MLflow's users read from them."""

import pytest

from runstone.entities import (
    Experiment,
    LifecycleStage,
    Metric,
    ModelAlias,
    ModelStage,
    ModelTag,
    ModelVersion,
    Page,
    Param,
    RegisteredModel,
    Run,
    RunData,
    RunInfo,
    RunStatus,
    Tag,
)
from runstone.entities.page import all_pages
from runstone.entities.states import model_stage
from runstone.entities.webhook import check_webhook_texts
from runstone.errors import InvalidValue


def test_run_offers_its_data_as_dicts() -> None:
    data = RunData(metric_list=[Metric("loss", 0.5, 1)], param_list=[Param("lr", "1")], tag_list=[Tag("a", "b")])

    assert (data.metrics, data.params, data.tags) == ({"loss": 0.5}, {"lr": "1"}, {"a": "b"})


@pytest.mark.parametrize(("ended_at", "end_time"), [(None, None), (7, 7)])
def test_run_that_has_not_ended_has_no_end_time(ended_at: int | None, end_time: int | None) -> None:
    given = {} if ended_at is None else {"ended_at": ended_at}

    info = RunInfo(
        run_id="r",
        run_uuid="r",
        run_name="n",
        experiment_id="0",
        user_id="",
        status=RunStatus.RUNNING,
        start_time=1,
        artifact_uri="a",
        lifecycle_stage=LifecycleStage.ACTIVE,
        **given,
    )

    assert info.end_time == end_time
    assert Run(info=info, data=RunData()).info is info


def test_experiment_offers_its_tags_as_a_dict() -> None:
    experiment = Experiment(
        experiment_id="1",
        name="n",
        artifact_location="a",
        lifecycle_stage=LifecycleStage.ACTIVE,
        last_update_time=1,
        creation_time=1,
        tag_list=[Tag("a", "b")],
    )

    assert experiment.tags == {"a": "b"}


@pytest.mark.parametrize(
    ("status", "is_terminal"),
    [("RUNNING", False), ("SCHEDULED", False), ("FINISHED", True), ("FAILED", True), ("KILLED", True)],
)
def test_ended_runs_are_told_from_others(status: str, is_terminal: bool) -> None:
    assert RunStatus(status).is_terminal is is_terminal


def test_page_is_a_list_with_a_token() -> None:
    page = Page([1, 2], "next")

    assert (page, page.token, Page[int]().token) == ([1, 2], "next", None)


@pytest.mark.parametrize(("most", "sizes"), [(None, [2, 2, 2]), (5, [2, 2, 1]), (3, [2, 1]), (2, [2]), (0, [])])
def test_pages_are_asked_for_until_enough_is_there(most: int | None, sizes: list[int]) -> None:
    asked: list[tuple[int, str]] = []

    def ask(size: int, token: str) -> Page[int]:
        asked.append((size, token))
        start = int(token or 0)
        return Page(range(start, min(start + size, 5)), str(start + size) if start + size < 5 else "")

    found = list(all_pages(ask, at_once=2, most=most))

    assert found == list(range(5 if most is None else most))
    assert asked == [(size, str(2 * place) if place else "") for place, size in enumerate(sizes)]


def test_model_and_version_offer_tags_and_aliases_as_dicts() -> None:
    tags = [ModelTag("a", "b")]
    version = ModelVersion(name="m", version="1", creation_timestamp=1, last_updated_timestamp=1, tag_list=tags)
    model = RegisteredModel(
        name="m",
        creation_timestamp=1,
        last_updated_timestamp=1,
        tag_list=tags,
        alias_list=[ModelAlias("champion", "1")],
    )

    assert version.tags == model.tags == {"a": "b"}
    assert model.aliases == {"champion": "1"}
    assert (version.current_stage, version.status, version.description) == (ModelStage.NONE, "READY", "")


@pytest.mark.parametrize("name", ["Production", "production", "PRODUCTION"])
def test_stage_is_named_in_any_case(name: str) -> None:
    assert model_stage(name) is ModelStage.PRODUCTION


@pytest.mark.parametrize("name", ["", "bogus", None, 5])
def test_unknown_stage_is_refused(name: object) -> None:
    with pytest.raises(InvalidValue, match="Archived"):
        model_stage(name)


def test_stages_of_use_are_staging_and_production() -> None:
    assert [stage for stage in ModelStage if stage.is_active] == [ModelStage.STAGING, ModelStage.PRODUCTION]


@pytest.mark.parametrize(
    ("description", "url", "secret"), [("x" * 100_001, "https://a", ""), ("", "x" * 100_001, ""), ("", "https://a", 7)]
)
def test_texts_of_a_webhook_have_bounds(description: str, url: str, secret: object) -> None:
    with pytest.raises(InvalidValue):
        check_webhook_texts(description, url, secret)
