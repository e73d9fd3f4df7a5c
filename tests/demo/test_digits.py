"""Training of the digit networks."""

import signal
from types import FrameType

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from runstone.demo.digits import fit_epoch


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_in_the_middle_of_an_epoch_is_not_swallowed() -> None:
    rng = np.random.default_rng(7)
    images, digits = rng.random((60_000, 64)), rng.integers(0, 10, 60_000)
    model = MLPClassifier((256, 256), random_state=7, batch_size=16)
    former = signal.signal(signal.SIGALRM, _interrupt)

    signal.setitimer(signal.ITIMER_REAL, 0.5)  # the epoch takes many seconds
    with pytest.raises(KeyboardInterrupt):
        fit_epoch(model, images, digits)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, former)

    assert model.n_iter_ <= 1
