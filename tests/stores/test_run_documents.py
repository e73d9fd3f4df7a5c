"""The JSON that is kept of each run says what the tables say, whatever was done to the run."""

from contextlib import closing, suppress
from math import inf, nan
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from runstone.entities import Metric, Param, RunStatus, Tag
from runstone.errors import RunstoneError
from runstone.schemas import wire
from runstone.schemas.runs import EncodedRuns, Runs
from runstone.stores.sql.run_documents import MOST_VALUES
from runstone.stores.sql.store import SqlStore

names = st.sampled_from(["a", "B", "é", "mlflow.runName", "x/y z"])
texts = st.sampled_from(["", "x", "é", 'a "b" \\ \n', "\u2028"])
values = st.sampled_from([0.0, -0.0, 1.5, 1e300, nan, inf, -inf, 2.0**70])
batches = st.fixed_dictionaries(
    {
        "metrics": st.lists(st.builds(Metric, names, values, st.integers(0, 3), st.integers(-1, 1)), max_size=3),
        "params": st.lists(st.builds(Param, names, texts), max_size=2),
        "tags": st.lists(st.builds(Tag, names, texts), max_size=2),
    }
)
steps: st.SearchStrategy[tuple[str, dict[str, object]]] = st.one_of(
    st.tuples(st.just("log_batch"), batches),
    st.tuples(st.just("update_run"), st.fixed_dictionaries({"status": st.sampled_from(RunStatus), "run_name": texts})),
    st.tuples(st.just("delete_tag"), st.fixed_dictionaries({"key": names})),
    st.tuples(st.just("delete_run"), st.just({})),
    st.tuples(st.just("restore_run"), st.just({})),
)


def encoded(store: SqlStore) -> bytes:
    return wire.encode(EncodedRuns(list(store.search_encoded_runs(["0"]))))


def plain(store: SqlStore) -> bytes:
    return wire.encode(Runs(list(store.search_runs(["0"]))))


def documents(store: SqlStore) -> list[bytes | None]:
    return store._session.read(lambda connection: list(connection.scalars(text("SELECT data FROM document"))))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), steps), max_size=8))
def test_encoded_runs_are_the_json_of_the_runs_after_any_changes(
    changes: list[tuple[int, tuple[str, dict[str, object]]]],
) -> None:
    with TemporaryDirectory() as folder, closing(SqlStore(f"sqlite:///{folder}/runstone.db")) as store:
        ids = [store.create_run("0", start_time=number, tags=[Tag("a", "é")]).info.run_id for number in range(2)]

        for which, (verb, arguments) in changes:
            # What is refused changes nothing, which is seen below.
            with suppress(RunstoneError):
                getattr(store, verb)(ids[which], **arguments)

            assert encoded(store) == plain(store)


def test_metrics_alone_take_the_document_away_and_the_end_of_the_run_makes_it(store: SqlStore) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, params=[Param("lr", "0.1")])
    after_param = documents(store)
    store.log_batch(run_id, metrics=[Metric("loss", 0.5, 1)])
    after_metric = documents(store)

    store.update_run(run_id, status=RunStatus.FINISHED)

    assert after_param[0] is not None
    assert after_metric == [None]
    assert b'"loss"' in (documents(store)[0] or b"")


def test_run_of_many_values_has_no_document_and_is_found_all_the_same(store: SqlStore) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, metrics=[Metric(f"m{number}", 0.5, 1) for number in range(MOST_VALUES)])

    store.log_batch(run_id, tags=[Tag("kind", "large")])

    assert documents(store) == [None]
    assert encoded(store) == plain(store)


def test_change_that_is_undone_leaves_the_document(store: SqlStore) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, params=[Param("lr", "0.1")])
    before = documents(store)

    def change() -> None:
        store.log_batch(run_id, tags=[Tag("kind", "trial")])
        raise KeyError

    with pytest.raises(KeyError):
        store.submit(change).result()
    assert documents(store) == before
