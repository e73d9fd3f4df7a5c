"""Cases of the tracking store's contract: what runs log in batches, and their params and tags."""

import random
import string
from threading import Thread

import pytest

from runstone.entities import Metric, Param, Tag
from runstone.entities.tag import RUN_NAME
from runstone.errors import InvalidValue, NotFound, ParamChanged
from runstone.stores.base import TrackingStore
from runstone.testing.run_cases import new_run


class BatchCases:
    """What the verbs of batches, params and tags do."""

    def test_param_is_written_once(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.log_batch(run, params=[Param("lr", "0.1")])

        store.log_batch(run, params=[Param("lr", "0.1"), Param("depth", "3")])

        assert store.get_run(run).data.params == {"lr": "0.1", "depth": "3"}
        with pytest.raises(ParamChanged) as caught:
            store.log_batch(run, params=[Param("lr", "0.2")])
        assert (caught.value.run_id, caught.value.key) == (run, "lr")
        assert store.get_run(run).data.params["lr"] == "0.1"

    def test_param_comes_not_twice_with_two_values(self, store: TrackingStore) -> None:
        run = new_run(store)

        store.log_batch(run, params=[Param("a", "1"), Param("a", "1")])

        with pytest.raises(ParamChanged):
            store.log_batch(run, params=[Param("b", "1"), Param("b", "2")])
        assert store.get_run(run).data.params == {"a": "1"}

    def test_batch_is_all_or_nothing(self, store: TrackingStore) -> None:
        run = store.create_run("0", run_name="r").info.run_id
        store.log_batch(run, params=[Param("lr", "0.1")])

        with pytest.raises(ParamChanged):
            store.log_batch(
                run,
                metrics=[Metric("fresh metric", 1.0, 1)],
                params=[Param("fresh param", "1"), Param("lr", "0.2")],
                tags=[Tag("fresh tag", "1")],
            )

        data = store.get_run(run).data
        assert (data.metrics, data.params, data.tags) == ({}, {"lr": "0.1"}, {RUN_NAME: "r"})
        assert store.metric_history(run, "fresh metric") == []

    def test_keys_of_a_refused_batch_are_taken_later(self, store: TrackingStore) -> None:
        run = new_run(store)
        with pytest.raises(ParamChanged):
            store.log_batch(run, tags=[Tag("t", "1")], params=[Param("late", "1"), Param("late", "2")])

        store.log_batch(run, metrics=[Metric("late", 1.0, 1)], params=[Param("late", "3")], tags=[Tag("late", "4")])

        data = store.get_run(run).data
        assert (data.metrics["late"], data.params["late"], data.tags["late"]) == (1.0, "3", "4")

    def test_empty_batch_changes_nothing(self, store: TrackingStore) -> None:
        run = new_run(store)
        before = store.get_run(run)

        store.log_batch(run)

        assert store.get_run(run) == before

    def test_one_key_may_name_a_metric_a_param_and_a_tag(self, store: TrackingStore) -> None:
        run = new_run(store)

        store.log_batch(run, metrics=[Metric("x", 1.0, 1)], params=[Param("x", "2")], tags=[Tag("x", "3")])

        data = store.get_run(run).data
        assert (data.metrics["x"], data.params["x"], data.tags["x"]) == (1.0, "2", "3")

    @pytest.mark.parametrize("key", ["größe", "精度", "a b", "a/b.c-d_e:f", "x" * 250])
    def test_names_of_any_script_are_kept(self, store: TrackingStore, key: str) -> None:
        run = new_run(store)

        store.log_batch(run, metrics=[Metric(key, 1.0, 1)], params=[Param(key, "1")], tags=[Tag(key, "1")])

        data = store.get_run(run).data
        assert (data.metrics[key], data.params[key], data.tags[key]) == (1.0, "1", "1")
        assert len(store.metric_history(run, key)) == 1

    @pytest.mark.parametrize("value", ["", " ", "line\nline", "naïve 🙂", "'\"\\", "x" * 6000])
    def test_text_is_kept_as_it_is(self, store: TrackingStore, value: str) -> None:
        run = new_run(store)

        store.log_batch(run, params=[Param("p", value)], tags=[Tag("t", value)])

        data = store.get_run(run).data
        assert (data.params["p"], data.tags["t"]) == (value, value)

    def test_half_a_character_is_refused(self, store: TrackingStore) -> None:
        run = new_run(store)
        before = store.get_run(run)

        for bad in ({"params": ["a\ud800"]}, {"tags": ["a\ud800"]}):
            with pytest.raises(InvalidValue):
                store.log_batch(
                    run,
                    metrics=[Metric("m", 1.0, 1)],
                    params=[Param("p", text) for text in bad.get("params", ())],
                    tags=[Tag("t", text) for text in bad.get("tags", ())],
                )

        assert store.get_run(run) == before

    def test_largest_batch_is_taken(self, store: TrackingStore) -> None:
        run = new_run(store)

        store.log_batch(
            run,
            metrics=[Metric(f"m{number}", float(number), number, number) for number in range(800)],
            params=[Param(f"p{number}", str(number)) for number in range(100)],
            tags=[Tag(f"t{number}", str(number)) for number in range(100)],
        )

        data = store.get_run(run).data
        assert (len(data.metrics), len(data.params), len(data.tags)) == (800, 100, 101)
        assert (data.metrics["m799"], data.params["p99"], data.tags["t99"]) == (799.0, "99", "99")

    def test_tag_replaces_its_former_value(self, store: TrackingStore) -> None:
        run = new_run(store, Tag("a", "1"))

        store.log_batch(run, tags=[Tag("a", "2"), Tag("a", "3")])

        assert store.get_run(run).data.tags["a"] == "3"

    def test_tag_of_the_name_renames_the_run(self, store: TrackingStore) -> None:
        run = new_run(store)

        store.log_batch(run, tags=[Tag(RUN_NAME, "renamed")])

        assert store.get_run(run).info.run_name == "renamed"

    def test_empty_tag_of_the_name_changes_nothing(self, store: TrackingStore) -> None:
        run = store.create_run("0", run_name="kept").info.run_id

        store.log_batch(run, tags=[Tag(RUN_NAME, ""), Tag("a", "")])

        found = store.get_run(run)
        assert (found.info.run_name, found.data.tags) == ("kept", {RUN_NAME: "kept", "a": ""})

    def test_name_outlives_its_tag(self, store: TrackingStore) -> None:
        run = store.create_run("0", run_name="kept").info.run_id

        store.delete_tag(run, RUN_NAME)

        found = store.get_run(run)
        assert (found.info.run_name, found.data.tags) == ("kept", {})

    def test_tag_is_removed(self, store: TrackingStore) -> None:
        run = store.create_run("0", run_name="r", tags=[Tag("a", "1"), Tag("b", "2")]).info.run_id

        store.delete_tag(run, "a")

        assert store.get_run(run).data.tags == {"b": "2", RUN_NAME: "r"}

    def test_missing_tag_is_not_removed(self, store: TrackingStore) -> None:
        one, other = new_run(store, Tag("a", "1")), new_run(store)

        with pytest.raises(NotFound):
            store.delete_tag(other, "a")
        with pytest.raises(NotFound):
            store.delete_tag(one, "never named before")

    def test_threads_log_to_one_run_without_loss(self, store: TrackingStore) -> None:
        run = new_run(store)

        def log(thread: int) -> None:
            for step in range(10):
                store.log_batch(
                    run, metrics=[Metric(f"m{thread}", float(step), step, step), Metric("all", 0.5, thread, step)]
                )

        threads = [Thread(target=log, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(store.metric_history(run, "all")) == 80
        assert all(len(store.metric_history(run, f"m{number}")) == 10 for number in range(8))

    @pytest.mark.parametrize("sign", ["ascii", "wide"])
    def test_longest_param_and_tag_are_kept_and_found(self, store: TrackingStore, sign: str) -> None:
        chance = random.Random(sign)
        wide = [chr(code) for code in range(0x4E00, 0x9000)]
        letters = [*string.ascii_letters, *string.digits] if sign == "ascii" else wide
        param, tag = ("".join(chance.choices(letters, k=size)) for size in (6000, 8000))
        run, other = new_run(store), new_run(store)

        store.log_batch(run, params=[Param("p", param)], tags=[Tag("t", tag)])
        store.log_batch(other, params=[Param("p", param[:-1])], tags=[Tag("t", tag[:-1] + "!")])

        assert store.get_run(run).data.params["p"] == param
        assert store.get_run(run).data.tags["t"] == tag
        for text in (f"params.p = '{param}'", f"tags.t = '{tag}'", f"tags.t IN ('{tag}')"):
            assert [found.info.run_id for found in store.search_runs(["0"], filter_string=text)] == [run]
        for order in ("params.p", "tags.t DESC"):
            assert len(store.search_runs(["0"], order_by=[order])) == 2
