"""Calls of experiments and runs, and which calls are asked together."""

from tests.peers.calls import OWN
from tests.peers.kinds import (
    DATASETS,
    EXPERIMENT,
    EXPERIMENT_NAME,
    EXPERIMENT_TAGS,
    LOGGED,
    METRIC_KEY,
    METRICS,
    PAGE,
    PARAM_KEY,
    PARAM_VALUE,
    PARAMS,
    RUN,
    RUN_FILTER,
    RUN_NAME,
    RUN_ORDER,
    START,
    STEP,
    TAG_KEY,
    TAG_VALUE,
    TAGS,
    TIME,
    TOKEN,
    VALUE,
    VIEW,
    closed,
    key_of,
    list_of,
    one_of,
    record,
)
from tests.peers.model_shapes import FILES, LOGGED_MODELS, REGISTRY, WEBHOOKS
from tests.peers.random_calls import ODD_TEXTS, Shape, long

EXPERIMENTS: dict[str, Shape] = {
    "experiments/create": Shape(
        "POST",
        {"name": EXPERIMENT_NAME},
        {
            "artifact_location": one_of(
                "", "s3://bucket/a", odd=("x", "/tmp/x", "file:///x", "s3://b/a?x=1", *long(256))
            ),
            "tags": EXPERIMENT_TAGS,
        },
        makes="experiment",
    ),
    "experiments/get": Shape("GET", {"experiment_id": EXPERIMENT}),
    "experiments/get-by-name": Shape("GET", {"experiment_name": EXPERIMENT_NAME}),
    "experiments/update": Shape("POST", {"experiment_id": EXPERIMENT, "new_name": EXPERIMENT_NAME}),
    "experiments/delete": Shape("POST", {"experiment_id": EXPERIMENT}, often=1),
    "experiments/restore": Shape("POST", {"experiment_id": EXPERIMENT}),
    "experiments/set-experiment-tag": Shape(
        "POST", {"experiment_id": EXPERIMENT, "key": key_of("team", "owner"), "value": TAG_VALUE}
    ),
    "experiments/delete-experiment-tag": Shape("POST", {"experiment_id": EXPERIMENT, "key": key_of("team", "owner")}),
    "experiments/search": Shape(
        "POST",
        {
            "filter": closed(
                f"name LIKE '{OWN}%'",
                f"attribute.name ILIKE '{OWN}%' AND tags.team = 'blue'",
                f"name = '{OWN}a'",
                f"name != 'x' and name like '{OWN}%'",
                f"name LIKE '{OWN}%' AND creation_time > 0",
                f"tags.`team` != 'blue' AND name LIKE '{OWN}%'",
                odd=(
                    "name = 1",
                    "name > 'a'",
                    "nope = 'x'",
                    "tags.team",
                    "metrics.a > 1",
                    "creation_time = 'x'",
                    "name",
                ),
            ),
            "max_results": PAGE,
        },
        {
            "page_token": TOKEN,
            "order_by": list_of(
                one_of(
                    *("name", "name DESC", "creation_time", "experiment_id"),
                    odd=("", "nope", "tags.a", "name UP", "lifecycle_stage"),
                ),
                most=2,
            ),
            "view_type": VIEW,
        },
    ),
    "experiments/search-datasets": Shape(
        "POST", {"experiment_ids": list_of(EXPERIMENT, least=1, odd=(["99999"] * 20, ["99999"] * 21))}, only_ajax=True
    ),
}

RUNS: dict[str, Shape] = {
    "runs/create": Shape(
        "POST",
        {"experiment_id": EXPERIMENT, "start_time": START, "run_name": RUN_NAME},
        {
            "user_id": one_of("ada", "", odd=long(256)),
            "tags": TAGS,
        },
        makes="run",
        often=4,
    ),
    "runs/get": Shape("GET", {"run_id": RUN}, often=4),
    "runs/update": Shape(
        "POST",
        {"run_id": RUN},
        {
            "status": one_of(
                "FINISHED", "FAILED", "RUNNING", "KILLED", "SCHEDULED", 3, odd=("finished", "NOPE", 0, 9, "3")
            ),
            "end_time": TIME,
            "run_name": one_of("third", "", odd=(*ODD_TEXTS, *long(250, 5000, 8000))),
        },
    ),
    "runs/delete": Shape("POST", {"run_id": RUN}, often=1),
    "runs/restore": Shape("POST", {"run_id": RUN}),
    "runs/log-metric": Shape(
        "POST",
        {"run_id": RUN, "key": METRIC_KEY, "value": VALUE, "timestamp": TIME},
        {"step": STEP},
        often=6,
    ),
    "runs/log-parameter": Shape("POST", {"run_id": RUN, "key": PARAM_KEY, "value": PARAM_VALUE}, often=4),
    "runs/log-batch": Shape("POST", {"run_id": RUN}, {"metrics": METRICS, "params": PARAMS, "tags": TAGS}, often=5),
    "runs/set-tag": Shape("POST", {"run_id": RUN, "key": TAG_KEY, "value": TAG_VALUE}, often=3),
    "runs/delete-tag": Shape("POST", {"run_id": RUN, "key": TAG_KEY}),
    "runs/log-model": Shape(
        "POST",
        {
            "run_id": RUN,
            "model_json": one_of(
                '{"artifact_path": "model", "flavors": {}, "utc_time_created": "x", "run_id": "r"}',
                odd=("", "x", "{}", "[]", '{"artifact_path": "m"}', '{"artifact_path": 1, "flavors": {}}', {}, 1),
            ),
        },
    ),
    "runs/log-inputs": Shape(
        "POST", {"run_id": RUN}, {"datasets": DATASETS, "models": list_of(record(model_id=LOGGED), most=2)}
    ),
    "runs/outputs": Shape("POST", {"run_id": RUN, "models": list_of(record(model_id=LOGGED, step=STEP), most=2)}),
    "runs/search": Shape(
        "POST",
        {"experiment_ids": list_of(EXPERIMENT, least=1)},
        {"filter": RUN_FILTER, "max_results": PAGE, "order_by": RUN_ORDER, "page_token": TOKEN, "run_view_type": VIEW},
        often=8,
    ),
    "metrics/get-history": Shape(
        "GET", {"run_id": RUN, "metric_key": METRIC_KEY}, {"max_results": PAGE, "page_token": TOKEN}, often=4
    ),
    "metrics/get-history-bulk": Shape(
        "GET", {"run_id": list_of(RUN, least=1), "metric_key": METRIC_KEY}, {"max_results": PAGE}, only_ajax=True
    ),
    "metrics/get-history-bulk-interval": Shape(
        "GET",
        {"run_ids": list_of(RUN, least=1), "metric_key": METRIC_KEY, "start_step": STEP, "end_step": STEP},
        {"max_results": PAGE},
        only_ajax=True,
    ),
    "artifacts/list": Shape(
        "GET",
        {"run_id": RUN},
        {"path": one_of("a", "a/b", "nope", odd=(*ODD_TEXTS, "a/../..", "..%2F", "%2e%2e", "C:\\x", "a\\b"))},
    ),
}


def _some(*names: str) -> dict[str, Shape]:
    return {name: shape for name, shape in (EXPERIMENTS | RUNS | REGISTRY | LOGGED_MODELS).items() if name in names}


_BASE = _some("experiments/create", "runs/create")
# What is asked together, and the good calls that a sequence begins with.
ROOMS: dict[str, tuple[dict[str, Shape], dict[str, Shape]]] = {
    "experiments": (EXPERIMENTS | _some("runs/create", "runs/log-inputs"), _some("experiments/create")),
    "runs": (RUNS | _some("logged-models/create"), _BASE),
    "registry": (
        REGISTRY | _some("runs/create"),
        _BASE | _some("logged-models/create", "registered-models/create", "model-versions/create"),
    ),
    "logged_models": (LOGGED_MODELS | _some("runs/outputs"), _BASE | _some("logged-models/create")),
    "webhooks": (WEBHOOKS, {"webhooks/create": WEBHOOKS["webhooks/create"]}),
    "files": (FILES, {}),
}
