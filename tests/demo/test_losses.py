"""The loss is scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from runstone.demo.losses import log_loss


def test_loss_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(7)
    chances = rng.dirichlet(np.ones(4), size=50)
    truth = rng.integers(0, 4, size=50)

    assert log_loss(truth, chances) == pytest.approx(metrics.log_loss(truth, chances, labels=range(4)))


def test_certain_mistake_has_a_finite_loss() -> None:
    loss = log_loss(np.array([1]), np.array([[1.0, 0.0]]))

    assert loss == pytest.approx(36.04, abs=0.01)
