"""States of a network are kept while it trains, the best or all; real networks train in the peers' tests."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone.autologging.checkpoints import CheckpointOptions, Checkpoints, Place
from runstone.autologging.guard import Guard
from runstone.autologging.logbook import Logbook
from runstone.autologging.verbs import VERBS
from runstone.client import context
from runstone.errors import InvalidValue


def kept_of(losses: Sequence[float], *, save: Callable[[Path], object] | None = None, **chosen: Any) -> dict[str, Any]:
    """What is kept of a training that measures one loss an epoch, of three steps each: texts by path."""
    with runstone.start_run() as run:
        runstone.log_text("another file", "note.txt")
        opened = context.active()
        assert opened is not None
        options = CheckpointOptions(**chosen)
        book = Logbook(opened, "test", options, Guard("test", silent=False))
        checkpoints = Checkpoints(book, options, (".state", ".weights"))
        for epoch, loss in enumerate(losses):
            write = save or partial(Path.write_text, data=f"state {epoch}")
            for step in range(3 * epoch + 1, 3 * epoch + 4):
                checkpoints.after_step(Place(epoch, step), {"val_loss": loss}, write)
                checkpoints.after_step(Place(epoch, step), {"val_loss": loss}, write)  # as where gradients are gathered
            checkpoints.after_epoch(Place(epoch, 3 * epoch + 3), {"val_loss": loss}, write)
        book.end()
    folder = Path(runstone.artifacts.download_artifacts(f"runs:/{run.info.run_id}"))
    files = (path for path in (folder / "checkpoints").rglob("*") if path.is_file())
    return {str(path.relative_to(folder / "checkpoints")): path.read_text() for path in files}


def test_best_state_takes_the_place_of_the_one_before() -> None:
    kept = kept_of([3.0, float("nan"), 1.0, 2.0])

    assert set(kept) == {"latest_checkpoint.state", "latest_checkpoint_metrics.json"}
    assert kept["latest_checkpoint.state"] == "state 2"
    assert json.loads(kept["latest_checkpoint_metrics.json"]) == {"val_loss": 1.0, "epoch": 2, "global_step": 9}


def test_highest_may_be_the_best() -> None:
    kept = kept_of([1.0, 3.0, 3.0, 2.0], checkpoint_mode="max", checkpoint_save_weights_only=True)

    assert kept["latest_checkpoint.weights"] == "state 1"


def test_all_states_are_kept_by_epochs_or_by_steps() -> None:
    by_epoch = kept_of([1.0, float("inf")], checkpoint_save_best_only=False)
    by_step = kept_of([1.0, 2.0], checkpoint_save_best_only=False, checkpoint_save_freq=2)

    assert {name: text for name, text in by_epoch.items() if name.endswith(".state")} == {
        "epoch_0/checkpoint.state": "state 0",
        "epoch_1/checkpoint.state": "state 1",
    }
    assert json.loads(by_epoch["epoch_1/checkpoint_metrics.json"])["val_loss"] == "inf"
    assert {name for name in by_step if name.endswith(".state")} == {
        f"global_step_{step}/checkpoint.state" for step in (2, 4, 6)
    }


def test_state_that_cannot_be_written_is_told_once_and_no_more_are_tried(complaints: list[str]) -> None:
    tried: list[Path] = []

    def save(path: Path) -> None:
        tried.append(path)
        raise OSError("the disk is full")

    kept = kept_of([3.0, 2.0, 1.0], save=save)

    assert kept == {}
    assert len(tried) == 1
    assert not tried[0].parent.exists()
    assert complaints == ["a fit of test is not logged as a whole, and goes on: OSError: the disk is full"]


def test_metric_that_is_not_measured_is_told_if_it_was_chosen(complaints: list[str]) -> None:
    kept = kept_of([1.0, 2.0], checkpoint_monitor="val_acc")

    assert kept == {}
    assert [said.partition("goes on: ")[2] for said in complaints] == [
        "no checkpoint was kept: checkpoint_monitor is 'val_acc', and what is measured is val_loss"
    ]


@pytest.mark.parametrize("library", ["pytorch", "keras"])
@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"checkpoint_mode": "auto"}, "checkpoint_mode is min or max; got 'auto'"),
        (
            {"checkpoint_save_freq": "step"},
            "checkpoint_save_freq is 'epoch' or a number of steps, at least 1; got 'step'",
        ),
        ({"checkpoint_save_freq": 0}, "at least 1; got 0"),
        ({"checkpoint_save_freq": True}, "at least 1; got True"),
    ],
)
def test_choice_that_is_none_is_refused_at_once(library: str, chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        VERBS[library](**chosen)
