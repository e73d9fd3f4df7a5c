"""What a database of MLflow holds and no store of ours takes: left out and told, and all else is brought."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from runstone.bridge.brought import Brought
from runstone.bridge.fence import Fence
from runstone.bridge.importing import bring, measured
from runstone.bridge.mlflow_connection import REVISIONS
from runstone.bridge.mlflow_database import MlflowDatabase
from runstone.bridge.store_source import StoreSource
from runstone.entities import Metric, ModelTag, Param, Tag
from runstone.stores.sql.store import SqlStore
from tests.bridge.stores import Place, bring_all, new_store
from tests.bridge.test_fence import MODELS
from tests.bridge.test_mlflow_connection import TABLES, database

GOOD = "a" * 32
BAD = "b" * 32
ROWS = f"""
INSERT INTO alembic_version VALUES ('{REVISIONS[-1]}');
INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (1, 'good', 'active'),
    (2, 'bad' || char(7), 'active');
INSERT INTO runs (run_uuid, name, status, start_time, lifecycle_stage, experiment_id)
    VALUES ('{GOOD}', 'good', 'FINISHED', 1, 'active', 1), ('{BAD}', 'bad', 'DONE', 1, 'active', 1);
INSERT INTO params VALUES ('p', '1', '{GOOD}'), ('long', '{"x" * 7000}', '{GOOD}');
INSERT INTO tags VALUES ('t', '1', '{GOOD}'), ('', 'nameless', '{GOOD}');
INSERT INTO metrics VALUES ('a', 0.5, 1, 1, 0, '{GOOD}'), ('a//b', 0.5, 1, 1, 0, '{GOOD}'),
    ('a//b', 1, 2, 2, 0, '{GOOD}');
"""


@pytest.fixture
def source(tmp_path: Path) -> Iterator[MlflowDatabase]:
    with closing(MlflowDatabase(database(tmp_path, TABLES + ROWS), Fence([]))) as opened:
        yield opened


def told(brought: Brought) -> list[str]:
    """The first words of each problem."""
    return sorted(problem.partition(":")[0] for problem in brought.problems)


def test_what_breaks_a_rule_is_left_out_and_told(tmp_path: Path, source: MlflowDatabase) -> None:
    with new_store("sqlite", tmp_path) as (address, store):
        brought = bring(source, store, tracking_uri=address)
        run = store.get_run(GOOD)

    assert told(brought) == [
        *[f"something of the run {GOOD} was left out"] * 3,
        "the experiment 'bad\\x07' was left out",
        f"the run {BAD} was left out",
    ]
    assert (brought.experiments, brought.runs, brought.metric_values) == (1, 1, 1)
    assert (run.info.status, run.data.metrics, run.data.params) == ("FINISHED", {"a": 0.5}, {"p": "1"})
    assert run.data.tags["t"] == "1"


def test_dry_run_tells_the_same(source: MlflowDatabase) -> None:
    found = measured(source)

    assert told(found) == [f"something of the run {GOOD} was left out"] * 3 + [f"the run {BAD} was left out"]


def test_models_lose_only_what_breaks_a_rule(tmp_path: Path) -> None:
    good, bad = f"m-{GOOD}", f"m-{BAD}"
    rows = f"""{TABLES} {ROWS} {MODELS}
    INSERT INTO logged_models VALUES ('{good}', 'good', '', 1, 1, 2, '', '{GOOD}', 1, 'active'),
        ('{bad}', 'bad', '', 1, 1, 99, '', '{GOOD}', 1, 'active');
    INSERT INTO logged_model_tags VALUES ('{good}', 't', '1'), ('{good}', 'long', '{"x" * 9000}');
    INSERT INTO logged_model_params VALUES ('{good}', 'p', '1'), ('{good}', 'a//b', '2');
    INSERT INTO registered_models VALUES ('named', 1, 1, '', 'default');
    INSERT INTO registered_model_tags VALUES ('t', '1', 'named', 'default'), ('', 'nameless', 'named', 'default');
    INSERT INTO model_versions VALUES
        ('named', 1, 1, 1, '', '', 'None', 'models:/{good}', '{GOOD}', '', '', 'default'),
        ('named', 2, 1, 1, '', '', 'Retired', 'models:/{good}', '{GOOD}', '', '', 'default');
    INSERT INTO model_version_tags VALUES ('t', '1', 'named', 1, 'default'), ('', 'nameless', 'named', 1, 'default');
    """
    with (
        closing(MlflowDatabase(database(tmp_path, rows), Fence([]))) as source,
        new_store("sqlite", tmp_path) as (address, store),
    ):
        brought = bring(source, store, tracking_uri=address)
        model = store.get_logged_model(good)
        registered = store.get_registered_model("named")
        [version] = store.search_model_versions()

    assert {
        *[f"something of the logged model {good} was left out"] * 2,
        f"the logged model {bad} was left out",
        "something of the registered model 'named' was left out",
        "something of the version 1 of 'named' was left out",
        "the version 2 of 'named' was left out",
    } <= set(told(brought))
    assert ({tag.key: tag.value for tag in model.info.tag_list}["t"], model.params) == ("1", {"p": "1"})
    assert (registered.tags, version.version, version.tags) == ({"t": "1"}, "1", {"t": "1"})


class Forgetful(SqlStore):
    """A store that loses values."""

    def log_batch(
        self, run_id: str, *, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[Tag] = ()
    ) -> None:
        super().log_batch(run_id, metrics=metrics[1:], params=params, tags=tags)


def test_values_that_did_not_arrive_are_told(tmp_path: Path, source: MlflowDatabase) -> None:
    address = f"sqlite:///{tmp_path}/runs.db"
    with closing(Forgetful(address)) as store:
        brought = bring(source, store, tracking_uri=address)

    assert any("of the metric 'a' 0 of 1 values are there" in problem for problem in brought.problems)


def test_prompts_of_mlflow_are_left_behind_and_counted(origin: Place, target: Place) -> None:
    prompt = [ModelTag("mlflow.prompt.is_prompt", "true")]
    origin[1].create_registered_model("greeting", tags=prompt)
    origin[1].create_model_version("greeting", "dummy-source", tags=[*prompt, ModelTag("mlflow.prompt.text", "Hi")])
    origin[1].create_registered_model("m")

    counted = measured(StoreSource(*origin))
    brought = bring_all(origin, target)

    assert (counted.prompts, counted.registered_models, counted.model_versions) == (1, 1, 0)
    assert (brought.prompts, brought.registered_models, brought.problems) == (1, 1, [])
    assert [each.name for each in target[1].search_registered_models()] == ["m"]
