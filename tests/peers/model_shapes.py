"""Calls of the registry, of logged models, of webhooks and of files."""

from tests.peers.calls import NO_ID, OWN
from tests.peers.kinds import (
    EXPERIMENT,
    LOGGED,
    METRIC_KEY,
    ODD_NAMES,
    PAGE,
    PARAMS,
    RUN,
    STEP,
    TAG_KEY,
    TAGS,
    TIME,
    TOKEN,
    WEBHOOK,
    closed,
    key_of,
    list_of,
    one_of,
    record,
)
from tests.peers.random_calls import ODD_NUMBERS, ODD_TEXTS, Kind, Shape, long

MODEL = closed(f"{OWN}m", f"{OWN}n", odd=(*ODD_NAMES, "/a", "a:b", ".", "..", *long(256)))
VERSION = one_of("1", "2", odd=(0, 1, 2, "0", "-1", "x", "1.0", "01", " 1", 99, "99", 2**31, 2**63, "", "latest"))
ALIAS = one_of("champion", "two", odd=(*ODD_TEXTS, "latest", "Latest", "v1", "V2", "v", "version1", *long(255, 256)))
DESCRIPTION = one_of("words", "", odd=(*ODD_TEXTS, *long(5000, 100_000)))
MODEL_TAG_KEY = key_of("team", "stage")
MODEL_TAG_VALUE = one_of("1", "blue", "", odd=(*ODD_TEXTS, *long(5000, 8000, 100_000)))
MODEL_TAGS = list_of(record(key=MODEL_TAG_KEY, value=MODEL_TAG_VALUE))
STAGE = one_of("None", "Staging", "Production", "Archived", "staging", odd=("nope", "", "none", "PRODUCTION", 1))
SOURCE = Kind(
    lambda draw: draw.pick("s3://bucket/model", f"runs:/{draw.id_of('run')}/model", f"models:/{draw.id_of('logged')}"),
    (
        *("", "x", "/etc", "file:///etc", "../x", "s3://b/../c", "mlflow-artifacts:/1/x", "mlflow-artifacts:/../x"),
        *("http://h/x", "models:/a/1", "models:/a@b", "s3://b/%2e%2e/c", "runs:/x/y", "dbfs:/x", *long(500, 8000)),
    ),
)
_MODEL_FILTER = closed(
    f"name LIKE '{OWN}%'",
    f"name = '{OWN}m'",
    f"name ILIKE '{OWN}%' AND tags.team = 'blue'",
    f"tags.team != 'blue' and name like '{OWN}%'",
    odd=("name = 1", "name > 'a'", "nope = 'x'", "name", "name = 'a' OR name = 'b'", "tags.team > 'a'", "version = 1"),
)

REGISTRY: dict[str, Shape] = {
    "registered-models/create": Shape(
        "POST",
        {"name": MODEL},
        {"description": DESCRIPTION, "tags": MODEL_TAGS, "deployment_job_id": one_of("7", "")},
        often=3,
    ),
    "registered-models/get": Shape("GET", {"name": MODEL}, often=3),
    "registered-models/rename": Shape("POST", {"name": MODEL, "new_name": MODEL}, often=1),
    "registered-models/update": Shape(
        "PATCH", {"name": MODEL, "description": DESCRIPTION}, {"deployment_job_id": one_of("8")}
    ),
    "registered-models/delete": Shape("DELETE", {"name": MODEL}, often=1),
    "registered-models/search": Shape(
        "GET",
        {"filter": _MODEL_FILTER},
        {
            "max_results": PAGE,
            "page_token": TOKEN,
            "order_by": list_of(
                one_of(
                    *("name", "name DESC", "timestamp", "last_updated_timestamp ASC"),
                    odd=("", "nope", "tags.a", "name UP", "creation_timestamp", "creation_time", "timestamp DESC"),
                ),
                most=2,
            ),
        },
        often=4,
    ),
    "registered-models/get-latest-versions": Shape("POST", {"name": MODEL}, {"stages": list_of(STAGE)}),
    "registered-models/set-tag": Shape("POST", {"name": MODEL, "key": MODEL_TAG_KEY, "value": MODEL_TAG_VALUE}),
    "registered-models/delete-tag": Shape("DELETE", {"name": MODEL, "key": MODEL_TAG_KEY}),
    "registered-models/alias-set": Shape(
        "POST", {"name": MODEL, "alias": ALIAS, "version": VERSION}, path="mlflow/registered-models/alias"
    ),
    "registered-models/alias-delete": Shape(
        "DELETE", {"name": MODEL, "alias": ALIAS}, path="mlflow/registered-models/alias"
    ),
    "registered-models/alias-get": Shape("GET", {"name": MODEL, "alias": ALIAS}, path="mlflow/registered-models/alias"),
    "model-versions/create": Shape(
        "POST",
        {"name": MODEL, "source": SOURCE},
        {
            "run_id": RUN,
            "tags": MODEL_TAGS,
            "description": DESCRIPTION,
            "run_link": one_of("http://x", "", odd=long(500, 8000)),
            "model_id": LOGGED,
        },
        often=5,
    ),
    "model-versions/get": Shape("GET", {"name": MODEL, "version": VERSION}, often=3),
    "model-versions/update": Shape("PATCH", {"name": MODEL, "version": VERSION, "description": DESCRIPTION}),
    "model-versions/delete": Shape("DELETE", {"name": MODEL, "version": VERSION}, often=1),
    "model-versions/transition-stage": Shape(
        "POST",
        {"name": MODEL, "version": VERSION, "stage": STAGE},
        {"archive_existing_versions": one_of(True, False, odd=("true", "TRUE", 1, 0, "x"))},
    ),
    "model-versions/search": Shape(
        "GET",
        {
            "filter": closed(
                f"name = '{OWN}m'",
                f"name LIKE '{OWN}%'",
                f"name LIKE '{OWN}%' AND version_number > 1",
                f"name LIKE '{OWN}%' AND run_id = '{NO_ID}'",
                f"name LIKE '{OWN}%' AND tags.team = 'blue'",
                f"source_path LIKE 's3%' AND name LIKE '{OWN}%'",
                odd=("name = 1", "name > 'a'", "nope = 'x'", "version_number = 'x'", "run_id IN ()", "version = 1"),
            )
        },
        {
            "max_results": PAGE,
            "page_token": TOKEN,
            "order_by": list_of(
                one_of(
                    *("name", "version_number DESC", "creation_timestamp", "last_updated_timestamp"),
                    odd=("", "nope", "name UP", "timestamp", "version", "run_id"),
                ),
                most=2,
            ),
        },
        often=4,
    ),
    "model-versions/get-download-uri": Shape("GET", {"name": MODEL, "version": VERSION}),
    "model-versions/set-tag": Shape(
        "POST", {"name": MODEL, "version": VERSION, "key": MODEL_TAG_KEY, "value": MODEL_TAG_VALUE}
    ),
    "model-versions/delete-tag": Shape("DELETE", {"name": MODEL, "version": VERSION, "key": MODEL_TAG_KEY}),
}

LOGGED_MODELS: dict[str, Shape] = {
    "logged-models/create": Shape(
        "POST",
        {"experiment_id": EXPERIMENT, "name": closed("lm", "other", odd=(*ODD_TEXTS[1:], *long(500)))},
        {
            "model_type": one_of("agent", "", odd=long(500)),
            "source_run_id": RUN,
            "params": PARAMS,
            "tags": TAGS,
        },
        makes="logged",
        path="mlflow/logged-models",
        often=4,
    ),
    "logged-models/get": Shape("GET", {"model_id": LOGGED}, path="mlflow/logged-models/{model_id}", often=3),
    "logged-models/finalize": Shape(
        "PATCH",
        {
            "model_id": LOGGED,
            "status": one_of(
                "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED", "LOGGED_MODEL_PENDING", 2, odd=("READY", 0, 9)
            ),
        },
        path="mlflow/logged-models/{model_id}",
        in_both=True,
    ),
    "logged-models/delete": Shape("DELETE", {"model_id": LOGGED}, path="mlflow/logged-models/{model_id}", often=1),
    "logged-models/set-tags": Shape(
        "PATCH", {"model_id": LOGGED, "tags": TAGS}, path="mlflow/logged-models/{model_id}/tags"
    ),
    "logged-models/delete-tag": Shape(
        "DELETE", {"model_id": LOGGED, "tag_key": TAG_KEY}, path="mlflow/logged-models/{model_id}/tags/{tag_key}"
    ),
    "logged-models/params": Shape(
        "POST", {"model_id": LOGGED, "params": PARAMS}, path="mlflow/logged-models/{model_id}/params", in_both=True
    ),
    "logged-models/search": Shape(
        "POST",
        {"experiment_ids": list_of(EXPERIMENT, least=1)},
        {
            "filter": one_of(
                *(
                    "",
                    "name = 'lm'",
                    "params.lr = '0.1'",
                    "tags.team = 'blue'",
                    "metrics.loss > 0",
                    "model_type = 'agent'",
                ),
                odd=(
                    "nope = 'x'",
                    "name >",
                    "metrics.loss > 'a'",
                    "name = 1",
                    "creation_timestamp > 0",
                    "params.lr > 1",
                ),
            ),
            "datasets": list_of(
                record(dataset_name=one_of("d", odd=("", 1)), dataset_digest=one_of("1", odd=("", 1))), most=1
            ),
            "max_results": PAGE,
            "order_by": list_of(
                record(
                    field_name=one_of(
                        "name", "creation_timestamp", "metrics.loss", odd=("", "nope", "params.lr", "tags.a")
                    ),
                    ascending=one_of(True, False, odd=("true", 1)),
                ),
                most=2,
            ),
            "page_token": TOKEN,
        },
        often=4,
    ),
    "logged-models/artifacts": Shape(
        "GET",
        {"model_id": LOGGED},
        {"artifact_directory_path": one_of("a", "nope", odd=ODD_TEXTS)},
        path="mlflow/logged-models/{model_id}/artifacts/directories",
    ),
    "runs/log-metric-of-model": Shape(
        "POST",
        {"run_id": RUN, "key": METRIC_KEY, "value": one_of(0.5, 1, 2.0), "timestamp": TIME, "model_id": LOGGED},
        {"step": STEP, "dataset_name": one_of("d", "e"), "dataset_digest": one_of("1", "2")},
        path="mlflow/runs/log-metric",
    ),
}

EVENT = record(
    entity=one_of("REGISTERED_MODEL", "MODEL_VERSION", "MODEL_VERSION_TAG", "MODEL_VERSION_ALIAS", odd=("x", "", 1)),
    action=one_of("CREATED", "SET", "DELETED", odd=("x", "", 1, "UPDATED")),
)
_GOOD_EVENT = one_of(
    {"entity": "REGISTERED_MODEL", "action": "CREATED"}, {"entity": "MODEL_VERSION", "action": "CREATED"}
)
EVENTS = Kind(lambda draw: [_GOOD_EVENT.good(draw)], (*([each] for each in EVENT.odd), [], {}, "x"))
HOOK = {
    "name": one_of("hook", "a.b-c", odd=(*ODD_TEXTS, "-a", "a-", *long(63, 64))),
    "url": one_of(
        "https://8.8.8.8/a",
        odd=("", "x", "http://8.8.8.8", "ftp://8.8.8.8", "https://127.0.0.1", "https://", *long(500)),
    ),
    "events": EVENTS,
}
HOOK_MORE = {
    "description": one_of("words", "", odd=(*ODD_TEXTS, *long(500, 8000))),
    "secret": one_of("secret", odd=("", " ", *long(1000))),
    "status": one_of("ACTIVE", "DISABLED", odd=("x", "active", 0, 1, 2)),
}

WEBHOOKS: dict[str, Shape] = {
    "webhooks/create": Shape("POST", HOOK, HOOK_MORE, makes="webhook", path="mlflow/webhooks"),
    "webhooks/list": Shape("GET", {}, {"max_results": PAGE, "page_token": TOKEN}, path="mlflow/webhooks"),
    "webhooks/get": Shape("GET", {"webhook_id": WEBHOOK}, path="mlflow/webhooks/{webhook_id}"),
    "webhooks/update": Shape(
        "PATCH", {"webhook_id": WEBHOOK}, {**HOOK, **HOOK_MORE}, path="mlflow/webhooks/{webhook_id}"
    ),
    "webhooks/delete": Shape("DELETE", {"webhook_id": WEBHOOK}, path="mlflow/webhooks/{webhook_id}"),
}

_FILE = closed(
    f"{OWN}/a.txt",
    f"{OWN}/d/b.txt",
    f"{OWN}/é é.txt",
    odd=("..", f"{OWN}/../b", "%2e%2e/x", "/etc/x", f"{OWN}%00b", f"{OWN}\\b"),
)
_PARTS = list_of(record(part_number=one_of(1, 2), etag=one_of("e"), url=one_of("http://x")))
FILES: dict[str, Shape] = {
    "artifacts/put": Shape("PUT", {"file": _FILE}, path="mlflow-artifacts/artifacts/{file}"),
    "artifacts/download": Shape("GET", {"file": _FILE}, path="mlflow-artifacts/artifacts/{file}"),
    "artifacts/remove": Shape("DELETE", {"file": _FILE}, path="mlflow-artifacts/artifacts/{file}", often=1),
    "artifacts/folder": Shape(
        "GET",
        {"path": closed(OWN, f"{OWN}/d", f"{OWN}/nope", odd=("..", "a/../..", "/etc", "%2e%2e", "a\\..\\b"))},
        path="mlflow-artifacts/artifacts",
    ),
    "mpu/create": Shape(
        "POST",
        {
            "folder": one_of(OWN),
            "path": one_of(f"{OWN}/x", odd=("..", "", 1)),
            "num_parts": one_of(1, 2, odd=ODD_NUMBERS),
        },
        path="mlflow-artifacts/mpu/create/{folder}",
        often=1,
    ),
    "mpu/complete": Shape(
        "POST",
        {"folder": one_of(OWN), "path": one_of(f"{OWN}/x"), "upload_id": one_of("u"), "parts": _PARTS},
        path="mlflow-artifacts/mpu/complete/{folder}",
        often=1,
    ),
    "mpu/abort": Shape(
        "POST",
        {"folder": one_of(OWN), "path": one_of(f"{OWN}/x"), "upload_id": one_of("u")},
        path="mlflow-artifacts/mpu/abort/{folder}",
        often=1,
    ),
    "presigned": Shape("GET", {"file": _FILE}, path="mlflow-artifacts/presigned/{file}", often=1),
}
