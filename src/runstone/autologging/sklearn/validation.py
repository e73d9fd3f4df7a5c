"""Cross-validation: one run, with the mean of each score and its value of each fold."""

from collections.abc import Generator
from typing import Any

from runstone.autologging import datasets
from runstone.autologging.fits import Call
from runstone.autologging.logbook import Logbook
from runstone.autologging.sklearn import search, states


def watch(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    """Log a call of ``cross_validate``."""
    given = call.arguments()
    estimator = given["estimator"]
    book.tags({"estimator_name": type(estimator).__name__, "estimator_class": states.class_name(estimator)})
    book.params({**estimator.get_params(), **{name: given[name] for name in ("cv", "scoring") if name in given}})
    if book.options.log_datasets:
        described = datasets.describe(given["X"], given["y"])
        if described is not None:
            book.input(described, "train")

    results = yield call

    scores = {name: values for name, values in results.items() if name not in {"estimator", "indices"}}
    search.write_table(book.file("cv_results.csv"), scores)
    for name, values in scores.items():
        book.metrics({f"mean_{name}": values.mean(), f"std_{name}": values.std()})
    for fold in range(len(next(iter(scores.values()), ()))):
        book.metrics({name: values[fold] for name, values in scores.items() if "_time" not in name}, fold)
