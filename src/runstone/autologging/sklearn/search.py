"""Searches over params: the best candidates as runs, and all of them as a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runstone.autologging.logbook import Logbook
from runstone.autologging.sklearn import states


def is_search(estimator: Any) -> bool:
    """Whether it tries candidates, as ``GridSearchCV`` does."""
    from sklearn.model_selection._search import BaseSearchCV

    return isinstance(estimator, BaseSearchCV)


def log(book: Logbook, search: Any, most: int | None) -> None:
    """Log what a search has found.

    Args:
        book: That of its fit.
        search: Fitted.
        most: How many candidates become runs; all if ``None``.
    """
    results = search.cv_results_
    book.params({f"best_{name}": value for name, value in getattr(search, "best_params_", {}).items()})
    if hasattr(search, "best_score_"):
        book.metrics({"best_cv_score": search.best_score_})
    write_table(book.file("cv_results.csv"), results)
    base = search.estimator.get_params(deep=True)
    tags = {"estimator_name": type(search.estimator).__name__, "estimator_class": states.class_name(search.estimator)}
    for place in _best(search, results)[:most]:
        candidate = results["params"][place]
        book.child(
            {**base, **candidate},
            {name: values[place] for name, values in results.items() if _is_metric(name)},
            tags,
            name=", ".join(f"{name}={value}" for name, value in candidate.items())[:200],
        )


def write_table(path: Path, columns: Mapping[str, Any]) -> None:
    """Write columns of one length as CSV."""
    import csv

    import numpy as np

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow(["" if value is np.ma.masked else value for value in row])


def _best(search: Any, results: Mapping[str, Any]) -> list[int]:
    """The places of the candidates, the best first."""
    import numpy as np

    chosen = f"rank_test_{search.refit}" if isinstance(search.refit, str) else "rank_test_score"
    ranks = next((results[name] for name in (chosen, *results) if name in results and name.startswith("rank_")), None)
    places = np.arange(len(results["params"])) if ranks is None else np.argsort(ranks, kind="stable")
    return [int(place) for place in places]


def _is_metric(name: str) -> bool:
    return name != "params" and not name.startswith(("param_", "split"))
