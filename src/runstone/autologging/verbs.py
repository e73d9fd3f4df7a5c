"""``runstone.autolog``: one choice for all libraries."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runstone.autologging import catboost, keras, lightgbm, pytorch, sklearn, statsmodels, xgboost
from runstone.autologging.options import Options
from runstone.entities.names import shown
from runstone.errors import InvalidValue

_MODULES = (sklearn, xgboost, lightgbm, catboost, statsmodels, pytorch, keras)
LIBRARIES = {each.LIBRARY.name: each.LIBRARY for each in _MODULES}
# What `runstone.NAME.autolog` is.
VERBS: dict[str, Callable[..., None]] = {each.LIBRARY.name: each.autolog for each in _MODULES}


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    log_traces: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, Any] | None = None,
    exclude_flavors: Sequence[str] | None = None,
) -> None:
    """Log every training from now on, with each library that is known: those imported by now, and those imported later.

    A library that has its own choice, by ``runstone.sklearn.autolog()`` and so on, keeps it.

    Args:
        log_input_examples: Whether a few rows of the training data are kept with the model.
        log_model_signatures: Whether the model says which columns it takes and gives.
        log_models: Whether the fitted model is logged.
        log_datasets: Whether the run says what it was trained on.
        log_traces: Accepted; there are no traces.
        disable: ``True`` logs nothing any more, and puts the libraries' own functions back.
        exclusive: Whether a fit within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of a library that is not tested is left alone.
        silent: Whether no warning is given either.
        extra_tags: Tags of every run that is logged to.
        exclude_flavors: Libraries that are left out, such as ``["sklearn"]``.

    Raises:
        InvalidValue: A tag breaks a rule, or ``exclude_flavors`` names what is no library here.

    Example:
        >>> import runstone
        >>> runstone.autolog(log_models=False)
        >>> from sklearn.linear_model import LinearRegression
        >>> model = LinearRegression().fit([[0.0], [1.0], [2.0]], [0.0, 2.0, 4.0])
        >>> run = runstone.last_active_run()
        >>> run.data.tags["estimator_name"], run.data.metrics["training_r2_score"]
        ('LinearRegression', 1.0)
        >>> runstone.autolog(disable=True)
    """
    chosen = Options(
        **{name: value for name, value in locals().items() if name not in {"log_traces", "exclude_flavors"}}
    )
    left_out = [exclude_flavors] if isinstance(exclude_flavors, str) else list(exclude_flavors or ())
    unknown = [name for name in left_out if name not in LIBRARIES]
    if unknown:
        raise InvalidValue(f"exclude_flavors names some of {', '.join(LIBRARIES)}; got {shown(unknown[0])}")
    for name, library in LIBRARIES.items():
        if name not in left_out:
            library.switch_for_all(chosen)
