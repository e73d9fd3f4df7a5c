"""The same predictions, evaluated by the genuine package and here: the metrics have the same names and values."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runstone
from runstone.client import context
from tests.peers.genuine import run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]

CONFIG: dict[str, dict[str, Any]] = {
    "binary": {},
    "several": {},
    "macro": {"average": "macro"},
    "negative": {"pos_label": 0},
    "numbers": {},
}


@pytest.fixture(scope="module")
def seen(address: str, folder: Path) -> Any:
    return run_script("evaluation", address, folder)


@pytest.mark.parametrize("case", CONFIG)
def test_metrics_are_those_of_the_genuine_package(
    case: str, seen: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    context.forget_choices()
    said = np.array(seen[case]["said"])
    model_type = "regressor" if case == "numbers" else "classifier"
    guesses = said[:, 0] if case == "numbers" else said.argmax(axis=1)
    columns = {f"p{place}": column for place, column in enumerate(said.T)}
    data = pd.DataFrame({"target": seen[case]["targets"], "guess": guesses, **columns})
    config: dict[str, Any] = {"resamples": 0, **CONFIG[case]}

    def evaluated(**more: Any) -> dict[str, float]:
        return runstone.evaluate(
            data=data,
            targets="target",
            predictions="guess",
            model_type=model_type,
            evaluator_config={**config, **more},
        ).metrics

    told = {} if case == "numbers" else {"probabilities": list(columns)}
    ours = evaluated(**told)

    # The score is the estimator's own, which is not here.
    wanted = {name: value for name, value in seen[case]["metrics"].items() if name != "score"}
    assert {name: ours[name] for name in wanted} == pytest.approx(wanted)
    static = evaluated(metric_prefix="static_")
    assert {name: static[name] for name in seen[case]["static"]} == pytest.approx(seen[case]["static"])
