"""Two models on the same examples: the differences of their metrics, and whether they may be chance."""

from collections.abc import Mapping
from math import sqrt
from typing import Literal

import numpy as np
from scipy import stats

from runstone.evaluation.bootstrap import Samples, interval
from runstone.evaluation.classes import Classified
from runstone.evaluation.document import Difference, Measure, PairedTest
from runstone.evaluation.examples import Examples, FloatArray
from runstone.evaluation.numbers import Numbers
from runstone.evaluation.options import Options
from runstone.evaluation.residuals import column_codes, steps_ahead

_PERMUTATIONS = 1999
_BATCH = 2_000_000


def differences(
    candidate: Mapping[str, Measure],
    baseline: Mapping[str, Measure],
    samples: tuple[Samples, Samples] | None,
    level: float,
) -> dict[str, Difference]:
    """The metrics of both models that tell which is better.

    Args:
        candidate: Metrics of the model that is evaluated.
        baseline: Those of the other one.
        samples: Their resamples, which they share.
        level: Of the intervals of the differences.
    """
    found = {}
    for name, measure in candidate.items():
        other = baseline.get(name)
        if other is None or measure.greater_is_better is None or measure.value is None or other.value is None:
            continue
        ends = None
        if samples is not None and name in samples[0]:
            ends = interval(samples[0][name] - samples[1][name], level)
        low, high = ends or (None, None)
        found[name] = Difference(
            measure.value,
            other.value,
            measure.value - other.value,
            low=low,
            high=high,
            better=_better(low, high, greater_is_better=measure.greater_is_better),
        )
    return found


def _better(
    low: float | None, high: float | None, *, greater_is_better: bool
) -> Literal["candidate", "baseline"] | None:
    if low is None or high is None or low <= 0 <= high:
        return None
    return "candidate" if (low > 0) == greater_is_better else "baseline"


def mcnemar(candidate: Classified, baseline: Classified) -> PairedTest:
    """McNemar's exact test: of the examples that one model alone gets right, whether both have half of them.

    McNemar (1947); in its exact form and for classifiers Dietterich (1998).
    """
    ours, theirs = candidate.predicted == candidate.truth, baseline.predicted == baseline.truth
    won, lost = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    p_value = 1.0 if won + lost == 0 else float(stats.binomtest(won, won + lost).pvalue)
    return PairedTest(
        "mcnemar_exact",
        f"{won} examples are right with this model alone, {lost} with the other alone",
        p_value,
        counts={"candidate_alone": won, "baseline_alone": lost},
    )


def paired_permutation(candidate: Numbers, baseline: Numbers, seed: int) -> PairedTest:
    """A permutation test of the squared errors, paired: whether it matters which model an error is of.

    Fisher (1935). The statistic is the mean of this model's squared errors less the other's.
    """
    losses = _losses(candidate, baseline)
    about = "squared errors of this model less those of the other, with their signs drawn anew"
    if len(losses) < 2 or not losses.any():  # either sign is as good
        return PairedTest("paired_permutation", about, 1.0, statistic=float(losses.mean()))
    tried = stats.permutation_test(
        (losses,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_PERMUTATIONS,
        batch=max(1, _BATCH // len(losses)),
        rng=np.random.default_rng(seed),
    )
    return PairedTest("paired_permutation", about, float(tried.pvalue), statistic=float(tried.statistic))


def diebold_mariano(candidate: Numbers, baseline: Numbers, found: Examples, options: Options) -> PairedTest:
    """The test of Diebold and Mariano (1995) on squared errors, with the correction of Harvey and others (1997).

    Losses of the same time are averaged, over series and horizons. Autocovariances up to the longest horizon less one
    are taken in; where that makes a variance that is not positive, none is.
    """
    losses = _losses(candidate, baseline)
    if options.time is not None:
        times = column_codes(found, options.time)
        losses = np.bincount(times, losses) / np.bincount(times)
    ahead = 1 if options.horizon is None else int(steps_ahead(found, options.horizon).max())
    about = f"mean of the squared errors of this model less those of the other, over {len(losses)} times"
    count, mean = len(losses), float(losses.mean())
    if count < 3 or not losses.any():
        return PairedTest("diebold_mariano", about, 1.0)
    ahead = min(ahead, count - 1)
    variance = _long_run_variance(losses, ahead)
    if variance <= 0:
        ahead, variance = 1, _long_run_variance(losses, 1)
    if variance <= 0:  # the same difference each time
        return PairedTest("diebold_mariano", about, 0.0)
    corrected = sqrt((count + 1 - 2 * ahead + ahead * (ahead - 1) / count) / count)
    statistic = mean / sqrt(variance / count) * corrected
    p_value = float(2 * stats.t.sf(abs(statistic), count - 1))
    return PairedTest("diebold_mariano", about, p_value, statistic=statistic)


def _long_run_variance(values: FloatArray, ahead: int) -> float:
    centred, count = values - values.mean(), len(values)
    covariances = [float(centred[lag:] @ centred[: count - lag]) / count for lag in range(ahead)]
    return covariances[0] + 2 * sum(covariances[1:])


def _losses(candidate: Numbers, baseline: Numbers) -> FloatArray:
    losses: FloatArray = (candidate.truth - candidate.predicted) ** 2 - (baseline.truth - baseline.predicted) ** 2
    return losses
