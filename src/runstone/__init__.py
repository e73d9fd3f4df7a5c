"""Runstone: experiment tracking for teams who work in Python and R.

The module verbs have MLflow's names and arguments, so that ``import runstone as mlflow`` serves a training script::

    import runstone

    with runstone.start_run():
        runstone.log_param("depth", 4)
        runstone.log_metric("accuracy", 0.93, step=1)
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from runstone import artifacts, data, exceptions, models, tracking
from runstone.client import Client, RunOperations
from runstone.client.address import (
    get_registry_uri,
    get_tracking_uri,
    is_tracking_uri_set,
    set_registry_uri,
    set_tracking_uri,
)
from runstone.client.context import ActiveRun
from runstone.client.fluent import artifacts as _artifact_verbs
from runstone.client.fluent import later as _later
from runstone.client.fluent.active_model import ActiveModel, clear_active_model, get_active_model_id, set_active_model
from runstone.client.fluent.experiments import (
    create_experiment,
    delete_experiment,
    delete_experiment_tag,
    get_experiment,
    get_experiment_by_name,
    restore_experiment,
    search_experiments,
    set_experiment,
    set_experiment_tag,
    set_experiment_tags,
)
from runstone.client.fluent.files import (
    flush_artifact_async_logging,
    get_artifact_uri,
    load_table,
    log_artifact,
    log_artifacts,
    log_dict,
    log_figure,
    log_image,
    log_stream,
    log_table,
    log_text,
)
from runstone.client.fluent.lineage import (
    create_external_model,
    delete_logged_model_tag,
    finalize_logged_model,
    get_logged_model,
    initialize_logged_model,
    last_logged_model,
    log_input,
    log_inputs,
    log_model_params,
    log_outputs,
    search_logged_models,
    set_logged_model_tags,
)
from runstone.client.fluent.registry import (
    register_model,
    search_model_versions,
    search_registered_models,
    set_model_version_tag,
)
from runstone.client.fluent.runs import (
    active_run,
    delete_run,
    end_run,
    get_parent_run,
    get_run,
    last_active_run,
    offline,
    restore_run,
    search_runs,
    start_run,
)
from runstone.client.fluent.system import (
    disable_system_metrics_logging,
    enable_system_metrics_logging,
    set_system_metrics_node_id,
    set_system_metrics_samples_before_logging,
    set_system_metrics_sampling_interval,
)
from runstone.client.fluent.values import (
    delete_tag,
    flush_async_logging,
    log_metric,
    log_metrics,
    log_param,
    log_params,
    set_tag,
    set_tags,
)
from runstone.errors import RunstoneError
from runstone.media.images import Image

# MLflow's names of the same things.
MlflowClient = Client
MlflowException = RunstoneError

# `runstone.artifacts` is a room of the house and, as in MLflow, the place of these verbs. They need to know which
# store is meant, which the room does not; so they are put there here, before anyone can import it.
for _verb in _artifact_verbs.__all__:
    setattr(artifacts, _verb, getattr(_artifact_verbs, _verb))


def _more(flavor: str) -> dict[str, Any]:
    """What the module of a flavor has from rooms above it."""
    found = import_module("runstone.autologging.verbs").VERBS.get(flavor)
    return {} if found is None else {"autolog": found}


# `runstone.sklearn` and its like are made, not written: each flavor says what is particular to it.
globals().update(_later.install(__name__, _more))

# What is loaded when it is first asked for, and where it is: a script that logs values pays for no models.
_PARTS = {
    "runstone.autologging.verbs": ("autolog",),
    "runstone.client.fluent.flavors": ("load_model", "log_model", "save_model"),
    "runstone.evaluation": (
        "EvaluationArtifact",
        "EvaluationMetric",
        "EvaluationResult",
        "MetricThreshold",
        "evaluate",
        "make_metric",
        "validate_evaluation_results",
    ),
}
_CLOSE = 0.88  # how like two names are that one is a slip in the other, and none of MLflow's own
_PLACES = {name: place for place, names in _PARTS.items() for name in names}

# The room of the models is below these verbs, and MLflow's users find them there: `mlflow.models.evaluate`.
models.PLACES.update(dict.fromkeys(_PARTS["runstone.evaluation"], "runstone.evaluation"))
_OF_FILES = ("get_model_info", "set_signature", "sign_model", "verify_model")
models.PLACES.update(dict.fromkeys(_OF_FILES, "runstone.client.fluent.model_files"))
models.PLACES["validate_serving_input"] = "runstone.client.fluent.models"

if TYPE_CHECKING:
    from runstone import pyfunc, types
    from runstone.autologging.verbs import autolog
    from runstone.client.fluent.flavors import load_model, log_model, save_model
    from runstone.evaluation import (
        EvaluationArtifact,
        EvaluationMetric,
        EvaluationResult,
        MetricThreshold,
        evaluate,
        make_metric,
        validate_evaluation_results,
    )

    __version__: str
else:
    # Hidden from type checkers, which would take any name for one of ours.
    def __getattr__(name: str) -> Any:
        """Load what is wanted, be it a flavor of another package, or say what of MLflow is not there."""
        if name == "__version__":
            version: str = import_module("importlib.metadata").version(__name__)  # on use: it is slow to import
            return version
        if name == "types":
            return import_module("runstone.types")
        if name in _PLACES:
            found = globals()[name] = getattr(import_module(_PLACES[name]), name)
            return found
        if not name.startswith("_") and (flavor := _later.installed(__name__, name)) is not None:
            return flavor
        absent = f"module {__name__!r} has no attribute {name!r}"
        near = [] if name.startswith("_") else import_module("difflib").get_close_matches(name, __all__, 1, _CLOSE)
        if near:
            raise AttributeError(f"{absent}; did you mean {near[0]!r}?", name=name)
        if not name.startswith("_"):
            absent += (
                ": look for a slip; or, if it is a name of MLflow, its projects and traces are not there yet; "
                "a script that uses them keeps 'import mlflow', "
                "with MLFLOW_TRACKING_URI set to the address of a Runstone server"
            )
        # With the module, Python can tell a name that is close.
        raise AttributeError(absent, name=name, obj=sys.modules[__name__])

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "ActiveModel",
    "ActiveRun",
    "Client",
    "EvaluationArtifact",
    "EvaluationMetric",
    "EvaluationResult",
    "Image",
    "MetricThreshold",
    "MlflowClient",
    "MlflowException",
    "RunOperations",
    "RunstoneError",
    "active_run",
    "artifacts",
    "autolog",
    "clear_active_model",
    "create_experiment",
    "create_external_model",
    "data",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_logged_model_tag",
    "delete_run",
    "delete_tag",
    "disable_system_metrics_logging",
    "enable_system_metrics_logging",
    "end_run",
    "evaluate",
    "exceptions",
    "finalize_logged_model",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_active_model_id",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_logged_model",
    "get_parent_run",
    "get_registry_uri",
    "get_run",
    "get_tracking_uri",
    "initialize_logged_model",
    "is_tracking_uri_set",
    "last_active_run",
    "last_logged_model",
    "load_model",
    "load_table",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_model",
    "log_model_params",
    "log_outputs",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "make_metric",
    "models",
    "offline",
    "pyfunc",
    "register_model",
    "restore_experiment",
    "restore_run",
    "save_model",
    "search_experiments",
    "search_logged_models",
    "search_model_versions",
    "search_registered_models",
    "search_runs",
    "set_active_model",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_logged_model_tags",
    "set_model_version_tag",
    "set_registry_uri",
    "set_system_metrics_node_id",
    "set_system_metrics_samples_before_logging",
    "set_system_metrics_sampling_interval",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
    "tracking",
    "types",
    "validate_evaluation_results",
]
