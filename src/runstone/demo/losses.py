"""The loss that the classifiers are judged by."""

import numpy as np
from numpy.typing import NDArray


def log_loss(truth: NDArray[np.int64], chances: NDArray[np.float64]) -> float:
    """Mean negative logarithm of the chance that a model gave to the truth; scikit-learn's, without its checks.

    Args:
        truth: int64, shape (n,), classes from 0.
        chances: float64, shape (n, classes), each row sums to 1.
    """
    given = chances[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(given, np.finfo(np.float64).eps, None)).mean())
