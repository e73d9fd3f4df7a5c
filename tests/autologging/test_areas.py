"""The area of pairs of classes is the one that scikit-learn counts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from runstone.autologging.sklearn.areas import of_pairs

CHANCES = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.2, 0.2, 0.6], [0.6, 0.2, 0.2]])


@st.composite
def measured(draw: st.DrawFn) -> tuple[Any, Any]:
    """Classes, and chances of which many are equal."""
    classes = draw(st.integers(3, 5))
    others = draw(st.lists(st.integers(0, classes - 1), max_size=40))
    truth = np.array(draw(st.permutations([*range(classes), *others])))
    parts = [draw(st.lists(st.integers(1, 4), min_size=classes, max_size=classes)) for _ in truth]
    chances = np.array(parts, dtype=float)
    return truth, chances / chances.sum(axis=1, keepdims=True)


@settings(max_examples=50)
@given(measured(), st.booleans())
def test_area_is_that_of_scikit_learn(rows: tuple[Any, Any], are_words: bool) -> None:
    truth, chances = rows
    truth = np.array([f"class {label}" for label in truth]) if are_words else truth

    area = of_pairs(truth, chances)

    assert area == pytest.approx(roc_auc_score(truth, chances, average="weighted", multi_class="ovo"), rel=1e-12)


@pytest.mark.parametrize(
    ("truth", "chances"),
    [
        (np.array([0, 1, 1, 0]), CHANCES),
        (np.array([0, 1, 1, 0]), CHANCES[:, :2]),
        (np.array([0, 1, 2, 3]), CHANCES),
        (np.array([0, 1, 2]), CHANCES),
        (np.array([0.5, 1.5, 2.5, 0.5]), CHANCES),
        (np.array([[0], [1], [2], [0]]), CHANCES),
        ([0, 1, 2, 0], CHANCES),
        (np.array([0, 1, 2, 0]), [CHANCES, CHANCES]),
        (np.array([0, 1, 2, 0]), 2 * CHANCES),
        (np.array([0, 1, 2, 0]), np.where(CHANCES == 0.6, np.nan, CHANCES)),
    ],
    ids=[
        "a class is absent",
        "two classes",
        "a class too many",
        "too few rows",
        "numbers with fractions",
        "a column",
        "a list",
        "many outputs",
        "no chances",
        "gaps",
    ],
)
def test_everything_else_is_left_to_scikit_learn(truth: Any, chances: Any) -> None:
    assert of_pairs(truth, chances) is None
