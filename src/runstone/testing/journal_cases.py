"""Cases of the tracking store's contract: journals of runs, whose entries are applied once."""

import json
import random
from collections.abc import Sequence
from math import inf
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from msgspec import Raw
from msgspec.structs import replace

from runstone.entities import (
    Applied,
    Dataset,
    DatasetInput,
    Entry,
    InputTag,
    Metric,
    ModelInput,
    ModelMetric,
    ModelOutput,
    Param,
    RunInputs,
    RunOutputs,
    RunStatus,
    Tag,
)
from runstone.errors import InvalidValue, RunDeleted, RunExists, RunNotFound
from runstone.schemas import wire
from runstone.schemas.sealing import sealed
from runstone.stores.base import TrackingStore
from runstone.testing.run_cases import new_run

# The second of three entries: what breaks a rule of an entry, one of what it logs, or is no entry's JSON.
BROKEN = [
    '{"n":2,"metrics":[{"key":"loss","value":"high","timestamp":1,"step":2}]}',
    '{"n":2,"metrics":[{"key":"loss","value":1.0,"timestamp":-1,"step":2}]}',
    '{"n":2,"metrics":[{"key":"a;b","value":1.0,"timestamp":1,"step":2}]}',
    '{"n":2,"metrics":[{"key":"loss","value":1.0,"timestamp":1,"step":9223372036854775808}]}',
    '{"n":2,"values":{"loss":"high"},"timestamp":1,"step":2}',
    '{"n":2,"values":{"loss":1.0},"step":2}',
    '{"n":2,"values":{"loss":1.0,"a;b":1.0},"timestamp":1,"step":2}',
    '{"n":2,"values":{"loss":1.0},"timestamp":1,"step":9223372036854775808}',
    '{"n":2,"values":[{"key":"loss","value":1.0}],"timestamp":1}',
    '{"n":2,"metrics":[{"key":"loss","value":1.0,"timestamp":1}],"step":2}',
    '{"n":2,"timestamp":1}',
    '{"n":2,"params":[{"key":"p","value":"a\\u0000b"}]}',
    '{"n":2,"params":[{"key":"","value":"1"}]}',
    '{"n":2,"tags":[{"key":"t","value":"' + "x" * 8001 + '"}]}',
    '{"n":2,"tags":{"t":"1"}}',
    '{"n":2,"status":"TIRED"}',
    '{"n":2,"status":"FINISHED","end_time":-1}',
    '{"n":2,"colour":"red"}',
    '{"n":2,"run_name":5}',
]
PIECES: list[Any] = [
    None,
    5,
    "x",
    "a\0b",
    -1,
    [],
    [{}],
    [{"key": "x"}],
    [{"key": "x", "value": "3"}],
    [{"key": "loss", "value": 2.5, "timestamp": 5, "step": 1000}],
    [{"key": "loss", "value": "Infinity", "timestamp": 5, "step": -1}],
    [{"key": "../x", "value": 1, "timestamp": 5}],
    {"loss": 1.5, "error": -2},
    "KILLED",
]
W = "5c1e7b0d3a2f4e6c8b9a0d1c2e3f4a5b"


def _metric(n: int, value: float = 0.5) -> Entry:
    return Entry(n=n, metrics=[ModelMetric("loss", value, 1000 + n, n)])


def _steps(store: TrackingStore, run: str) -> list[int]:
    return [metric.step for metric in store.metric_history(run, "loss")]


class JournalCases:
    """What ``JournalStore`` says, and how runs get ids that clients choose."""

    def test_entries_are_applied_in_their_order(self, store: TrackingStore) -> None:
        run = new_run(store)

        answer = store.append_journal(
            run,
            W,
            [
                Entry(n=1, params=[Param("lr", "0.1")], tags=[Tag("stage", "first"), Tag("gone", "x")]),
                _metric(2),
                Entry(n=3, tags=[Tag("stage", "second")]),
                Entry(n=4, deleted_tag="gone"),
                Entry(n=5, deleted_tag="never there"),
                Entry(n=6, run_name="renamed"),
                Entry(n=7, status=RunStatus.FAILED, end_time=99_000),
                Entry(n=8, tags=[Tag("after", "the end")]),
            ],
        )

        found = store.get_run(run)
        assert answer == Applied(applied=8)
        assert found.data.params == {"lr": "0.1"}
        assert found.data.metrics == {"loss": 0.5}
        assert {key: found.data.tags.get(key) for key in ("stage", "gone", "after")} == {
            "stage": "second",
            "gone": None,
            "after": "the end",
        }
        assert (found.info.run_name, found.info.status, found.info.end_time) == ("renamed", RunStatus.FAILED, 99_000)

    def test_entry_that_is_sent_again_is_passed_over(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.append_journal(run, W, [Entry(n=1, tags=[Tag("t", "old")]), _metric(2)])
        store.log_batch(run, tags=[Tag("t", "new")])

        again = store.append_journal(run, W, [Entry(n=1, tags=[Tag("t", "old")]), _metric(2), _metric(3)])

        assert again == Applied(applied=3)
        assert store.get_run(run).data.tags["t"] == "new"
        assert _steps(store, run) == [2, 3]

    def test_each_writer_and_each_run_counts_by_itself(self, store: TrackingStore) -> None:
        run, other = new_run(store), new_run(store)
        store.append_journal(run, W, [_metric(1)])

        assert store.append_journal(run, "another", [_metric(1), _metric(2)]) == Applied(applied=2)
        assert store.append_journal(other, W, [_metric(1)]) == Applied(applied=1)
        assert store.append_journal(run, W, []) == Applied(applied=1)
        assert store.append_journal(run, "nobody", []) == Applied(applied=0)

    def test_store_that_has_not_come_so_far_takes_nothing_and_says_so(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.append_journal(run, W, [_metric(1)])

        assert store.append_journal(run, W, [_metric(5)], follows=4) == Applied(applied=1)
        assert _steps(store, run) == [1]

    def test_numbers_may_be_missing(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.append_journal(run, W, [_metric(1), _metric(5)])

        assert store.append_journal(run, W, [_metric(9)], follows=5) == Applied(applied=9)
        assert _steps(store, run) == [1, 5, 9]

    def test_models_that_were_read_and_made_stand_in_the_run_once(self, store: TrackingStore) -> None:
        run, models = new_run(store), [f"m-{n:032x}" for n in range(3)]
        entries = [
            Entry(n=1, model_outputs=[ModelOutput(models[0], 5), ModelOutput(models[1])]),
            Entry(n=2, model_inputs=[ModelInput(models[2])], model_outputs=[ModelOutput(models[0], 9)]),
        ]

        for _ in range(2):
            assert store.append_journal(run, W, entries) == Applied(applied=2)

        found = store.get_run(run)
        assert found.outputs == RunOutputs([ModelOutput(models[0], 5), ModelOutput(models[1])])
        assert found.inputs == RunInputs(model_inputs=[ModelInput(models[2])])

    @pytest.mark.parametrize("size", [1, 3])
    def test_refused_entry_is_left_out_whole_and_told_each_time(self, store: TrackingStore, size: int) -> None:
        run = new_run(store)
        store.log_batch(run, params=[Param("lr", "0.1")])
        bad = Entry(n=2, params=[Param("depth", "3"), Param("lr", "0.2")], metrics=[ModelMetric("loss", 9.0, 9, 9)])
        entries = [_metric(1), bad, *(_metric(n) for n in range(3, 3 + size))]

        first = store.append_journal(run, W, entries)
        again = store.append_journal(run, W, entries)

        assert first == again
        assert (first.applied, [refusal.n for refusal in first.refused]) == (2 + size, [2])
        assert (first.refused[0].error, first.refused[0].error_code) == ("ParamChanged", "INVALID_PARAMETER_VALUE")
        assert "'lr'" in first.refused[0].message
        assert store.get_run(run).data.params == {"lr": "0.1"}
        assert _steps(store, run) == [1, *range(3, 3 + size)]
        assert store.journal_refusals(run) == first.refused
        assert store.journal_refusals(new_run(store)) == []

    def test_refusal_is_not_told_of_entries_that_are_not_sent(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.append_journal(run, W, [Entry(n=1, params=[Param("p", "1"), Param("p", "2")])])

        assert store.append_journal(run, W, [_metric(2)], follows=1) == Applied(applied=2)

    def test_metric_of_a_model_that_is_not_there_is_refused(self, store: TrackingStore) -> None:
        run = new_run(store)
        entry = Entry(n=1, metrics=[ModelMetric("loss", 0.5, 0, 0, model_id="m-" + "0" * 32)])

        answer = store.append_journal(run, W, [entry])

        assert [refusal.error for refusal in answer.refused] == ["LoggedModelNotFound"]

    @pytest.mark.parametrize("text", BROKEN)
    def test_entry_that_breaks_a_rule_of_its_own_is_refused_alone(self, store: TrackingStore, text: str) -> None:
        run = new_run(store)
        entries = [_raw(_metric(1)), Raw(text.encode()), _raw(_metric(3))]

        first = store.append_journal(run, W, entries)
        again = store.append_journal(run, W, entries)

        assert first == again
        assert (first.applied, [(told.n, told.error) for told in first.refused]) == (3, [(2, "InvalidValue")])
        assert "request" not in first.refused[0].message
        assert store.journal_refusals(run) == first.refused
        assert _steps(store, run) == [1, 3]

    def test_values_of_one_time_and_step_are_metrics(self, store: TrackingStore) -> None:
        run = new_run(store)
        text = b'{"n":1,"metrics":[{"key":"up","value":"Infinity","timestamp":4}],"values":{"loss":0.5,"error":2},'

        store.append_journal(run, W, [Raw(text + b'"timestamp":5}'), Raw(b'{"n":2,"values":{},"timestamp":5}')])

        assert store.metric_history(run, "loss") == [Metric("loss", 0.5, 5, 0)]
        assert store.metric_history(run, "error") == [Metric("error", 2.0, 5, 0)]
        assert store.metric_history(run, "up") == [Metric("up", inf, 4, 0)]

    def test_checksum_is_checked_and_another_one_refuses_all(self, store: TrackingStore) -> None:
        run = new_run(store)
        lines = [sealed(wire.encode(_metric(n))[:-1]) for n in (1, 2)]

        with pytest.raises(InvalidValue, match="its checksum differs"):
            store.append_journal(run, W, [Raw(lines[0]), Raw(lines[1].replace(b"0.5", b"0.7"))])
        assert store.append_journal(run, W, []).applied == 0

        assert store.append_journal(run, W, [*map(Raw, lines), _raw(_metric(3))]) == Applied(applied=3)
        assert _steps(store, run) == [1, 2, 3]

    def test_checksum_that_does_not_end_its_entry_refuses_all(self, store: TrackingStore) -> None:
        """A proxy may have written the request in other words: who sends it may leave the checksums away."""
        run = new_run(store)
        line = sealed(wire.encode(_metric(2))[:-1])
        moved = json.dumps({"crc": json.loads(line)["crc"], **json.loads(line)})

        for text in (json.dumps(json.loads(line)), moved, line.decode()[:-2] + '0"}'):
            with pytest.raises(InvalidValue, match="the entry at place 2 has a checksum that does not end it"):
                store.append_journal(run, W, [_raw(_metric(1)), Raw(text.encode())])

        assert store.append_journal(run, W, []).applied == 0

    def test_refusals_of_both_kinds_are_told_by_number(self, store: TrackingStore) -> None:
        run = new_run(store)
        entries = [_changed(1), Raw(b'{"n":2,"tags":5}'), _raw(_metric(3)), _changed(4), Raw(b'{"n":5,"colour":1}')]

        answer = store.append_journal(run, W, entries)

        assert [told.n for told in answer.refused] == [told.n for told in store.journal_refusals(run)] == [1, 2, 4, 5]
        assert store.append_journal(run, W, [], follows=5) == Applied(applied=5)

    @pytest.mark.parametrize("text", ["{}", "5", '{"n":0}', '{"n":"x"}', "[1]", "null"])
    def test_entry_without_a_number_cannot_be_told_and_refuses_all(self, store: TrackingStore, text: str) -> None:
        run = new_run(store)

        with pytest.raises(InvalidValue, match="the one at place 2 has none"):
            store.append_journal(run, W, [_raw(_metric(1)), Raw(text.encode())])

        assert store.append_journal(run, W, []) == Applied(applied=0)

    @pytest.mark.parametrize("seed", range(5))
    def test_whatever_another_program_writes_the_sound_entries_are_taken(self, store: TrackingStore, seed: int) -> None:
        chance = random.Random(seed)
        run, other = new_run(store), new_run(store)
        texts = [_written(chance, n) for n in range(1, 120)]
        sound = {n: entry for n, text in enumerate(texts, 1) if (entry := _entry(text)) is not None}

        answer = store.append_journal(run, W, [Raw(text) for text in texts])
        alone = store.append_journal(other, W, list(sound.values()))

        assert {told.n for told in answer.refused} == {told.n for told in alone.refused} | (
            set(range(1, 120)) - set(sound)
        )
        one, two = store.get_run(run), store.get_run(other)
        assert (one.data.params, one.data.metrics) == (two.data.params, two.data.metrics)
        assert list(store.metric_history(run, "loss")) == list(store.metric_history(other, "loss"))

    def test_datasets_of_an_entry_are_inputs_of_the_run(self, store: TrackingStore) -> None:
        run = new_run(store)
        read = DatasetInput(dataset=Dataset("wheat", "abc", "local", "{}"), tags=[InputTag("context", "train")])
        entries = [_metric(1), Entry(n=2, datasets=[read], tags=[Tag("t", "1")]), Entry(n=3, datasets=[read])]

        answer = store.append_journal(run, W, entries)

        found = store.get_run(run)
        assert answer == Applied(applied=3)
        assert found.inputs.dataset_inputs == [read]
        assert (found.data.tags["t"], _steps(store, run)) == ("1", [1])

    def test_missing_and_deleted_runs_take_no_journal(self, store: TrackingStore) -> None:
        run = new_run(store)
        store.delete_run(run)

        with pytest.raises(RunDeleted):
            store.append_journal(run, W, [_metric(1)])
        with pytest.raises(RunNotFound):
            store.append_journal("0" * 32, W, [_metric(1)])
        with pytest.raises(RunNotFound):
            store.journal_refusals("0" * 32)
        store.restore_run(run)
        assert store.append_journal(run, W, [_metric(1)]) == Applied(applied=1)

    @pytest.mark.parametrize("writer", ["", "a" * 65, "a/b", "ä", "a b"])
    def test_writer_that_is_none_is_refused(self, store: TrackingStore, writer: str) -> None:
        with pytest.raises(InvalidValue, match="the writer of a journal"):
            store.append_journal(new_run(store), writer, [_metric(1)])

    @pytest.mark.parametrize("numbers", [(1, 1), (2, 1), (1, 3, 2)])
    def test_numbers_that_do_not_rise_are_refused(self, store: TrackingStore, numbers: Sequence[int]) -> None:
        run = new_run(store)

        with pytest.raises(InvalidValue, match="rise"):
            store.append_journal(run, W, [_metric(n) for n in numbers])

        assert store.append_journal(run, W, []) == Applied(applied=0)

    def test_many_entries_come_in_one_call(self, store: TrackingStore) -> None:
        run = new_run(store)

        assert store.append_journal(run, W, [_metric(n) for n in range(1, 12_001)]).applied == 12_000

        assert _steps(store, run) == list(range(1, 12_001))

    @pytest.mark.parametrize("seed", range(5))
    def test_whatever_is_sent_again_and_in_which_pieces_each_entry_counts_once(
        self, store: TrackingStore, seed: int
    ) -> None:
        chance = random.Random(seed)
        run, other = new_run(store), new_run(store)
        journals = {writer: [_chosen(chance, n) for n in range(1, 40)] for writer in ("a", "b")}
        sent = {"a": 0, "b": 0}
        order = []
        while any(sent[writer] < len(journals[writer]) for writer in journals):
            writer = chance.choice(["a", "b"])
            start = chance.randint(max(0, sent[writer] - 5), sent[writer])
            end = min(len(journals[writer]), start + chance.randint(1, 10))
            answer = store.append_journal(run, writer, journals[writer][start:end], follows=start)
            order += journals[writer][sent[writer] : end]
            sent[writer] = max(sent[writer], end)
            assert answer.applied == sent[writer]

        for n, entry in enumerate(order, 1):
            store.append_journal(other, "one-by-one", [replace(entry, n=n)])

        one, two = store.get_run(run), store.get_run(other)
        hidden = "mlflow.runName"
        assert one.data.params == two.data.params
        assert one.data.metrics == two.data.metrics
        assert one.data.tags | {hidden: ""} == two.data.tags | {hidden: ""}
        assert one.info.status == two.info.status
        assert list(store.metric_history(run, "loss")) == list(store.metric_history(other, "loss"))

    def test_same_entries_from_several_threads_are_applied_once(self, store: TrackingStore) -> None:
        run = new_run(store)
        together = Barrier(4)
        entries = [Entry(n=n, params=[Param("p", str(n % 2))], tags=[Tag("t", str(n))]) for n in range(1, 30)]

        def send() -> None:
            together.wait()
            store.append_journal(run, W, entries)

        threads = [Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert store.append_journal(run, W, []) == Applied(applied=29)
        assert [refusal.n for refusal in store.journal_refusals(run)] == list(range(2, 30, 2))

    def test_run_has_the_id_that_was_chosen_and_is_made_once(self, store: TrackingStore) -> None:
        chosen = uuid4().hex

        made = store.create_run("0", run_name="mine", run_id=chosen)
        again = store.create_run("0", run_name="mine", run_id=chosen)

        assert made.info.run_id == again.info.run_id == chosen
        assert made.info == again.info

    def test_chosen_id_of_another_experiment_is_refused(self, store: TrackingStore) -> None:
        run = new_run(store)
        elsewhere = store.create_experiment("elsewhere")

        with pytest.raises(RunExists, match="in the experiment '0'"):
            store.create_run(elsewhere, run_id=run)

    @pytest.mark.parametrize("chosen", ["x", "A" * 32, "0" * 31, "../" + "0" * 29, "0" * 33])
    def test_chosen_id_of_another_form_is_refused(self, store: TrackingStore, chosen: str) -> None:
        with pytest.raises(InvalidValue, match="32 hexadecimal digits"):
            store.create_run("0", run_id=chosen)

    def test_store_that_answers_says_so(self, store: TrackingStore) -> None:
        store.check()


def _changed(n: int) -> Raw:
    """JSON of an entry that the store refuses: a param with two values."""
    return _raw(Entry(n=n, params=[Param("p", "1"), Param("p", "2")]))


def _raw(entry: Entry) -> Raw:
    return Raw(wire.encode(entry))


def _entry(text: bytes) -> Entry | None:
    try:
        return wire.decode(text, Entry)
    except InvalidValue:
        return None


def _written(chance: random.Random, n: int) -> bytes:
    """An entry as another program may write it: a part of one is replaced, more often than not."""
    entry: dict[str, Any] = json.loads(wire.encode(_chosen(chance, n)))
    entry["n"] = n
    name = chance.choice([*Entry.__struct_fields__, "colour"])
    if name == "values":
        entry |= {"timestamp": 5, "step": 1000}
    if name != "n":
        entry[name] = chance.choice(PIECES)
    return json.dumps(entry).encode()


def _chosen(chance: random.Random, n: int) -> Entry:
    kind = chance.randrange(6)
    if kind == 0:
        return Entry(n=n, params=[Param(chance.choice("xyz"), chance.choice("12"))])
    if kind == 1:
        return Entry(n=n, tags=[Tag(chance.choice("xyz"), str(n))])
    if kind == 2:
        return Entry(n=n, deleted_tag=chance.choice("xyz"))
    if kind == 3:
        return Entry(n=n, status=chance.choice([RunStatus.RUNNING, RunStatus.FAILED]))
    return _metric(n, chance.random())
