"""A worker answers bit by bit."""

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pandas as pd
import pytest

from runstone.errors import InvalidState, InvalidValue, PredictionFailed, WorkerFailed
from runstone.workers.process import Worker
from tests.workers.processes import played, started


def test_pieces_come_with_their_types(worker: Worker) -> None:
    frame = pd.DataFrame({"x": [1.0], "level": pd.Categorical(["b"], ["b", "a"])})

    pieces = list(worker.predict_stream([frame, "two", numpy.arange(3.0)], {"by": 1}))

    pd.testing.assert_frame_equal(pieces[0], frame.assign(x=2.0))
    assert pieces[1] == "two"
    assert pieces[2].tolist() == [1.0, 2.0, 3.0]


def test_piece_is_made_when_it_is_asked_for(worker: Worker) -> None:
    pieces = worker.predict_stream(["a", "fail", "b"])

    assert next(pieces) == "a"
    assert worker.predict(1) == 1
    with pytest.raises(PredictionFailed, match="ValueError: asked to fail"):
        next(pieces)
    assert list(pieces) == []


def test_streams_may_run_beside_each_other(worker: Worker) -> None:
    left, right = worker.predict_stream([1, 2, 3]), worker.predict_stream(["a", "b", "c"])

    assert list(zip(left, right, strict=True)) == [(1, "a"), (2, "b"), (3, "c")]


def test_threads_get_each_its_own_pieces(worker: Worker) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: list(worker.predict_stream([number] * 10)), range(20)))

    assert answers == [[number] * 10 for number in range(20)]


def test_stream_that_nobody_wants_any_more_ends_there(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    pieces = worker.predict_stream([1, 2, 3])
    next(pieces)

    del pieces
    gc.collect()
    worker.predict(1)

    seen = ""
    while "the stream has ended" not in seen:  # it comes by a thread
        seen += capfd.readouterr().err


def test_stream_let_go_in_the_middle_of_a_request_ends_with_the_next(
    worker: Worker, capfd: pytest.CaptureFixture[str]
) -> None:
    pieces = worker.predict_stream([1, 2, 3])
    next(pieces)

    with worker._turn:  # as within a request of this thread, where memory is tidied
        pieces.close()
    worker.predict(1)

    seen = ""
    while "the stream has ended" not in seen:
        seen += capfd.readouterr().err


def test_request_is_refused_where_it_is_made(worker: Worker) -> None:
    with pytest.raises(InvalidValue, match=r"^\{1\} is a set"):
        worker.predict_stream({1})
    with pytest.raises(PredictionFailed, match="'int' object is not iterable"):
        next(worker.predict_stream(1))


def test_stream_of_a_closed_worker_ends_in_words(echo_folder: Path) -> None:
    worker = started(echo_folder)
    pieces = worker.predict_stream([1, 2, 3])
    next(pieces)

    worker.close()

    with pytest.raises(InvalidState, match="the process of the model has ended; load the model again"):
        next(pieces)


def test_stream_keeps_its_process(echo_folder: Path) -> None:
    pieces = started(echo_folder).predict_stream([1, 2, 3])
    gc.collect()

    assert list(pieces) == [1, 2, 3]


def test_piece_that_takes_too_long_ends_the_process() -> None:
    worker = played(
        """
protocol.write(out, ready); protocol.read(inp); protocol.write(out, {"type": "stream"})
protocol.read(inp); protocol.write(out, {"type": "piece", "data": 1}); time.sleep(600)
""",
        timeout=20,
    )
    pieces = worker.predict_stream([1, 2])
    worker.timeout = 0.2

    assert next(pieces) == 1
    with pytest.raises(WorkerFailed, match=r"gave no answer within 0\.2 s, and was ended"):
        next(pieces)
