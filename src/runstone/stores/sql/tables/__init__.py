"""The tables. Nothing else in Runstone names a column type; a change here needs a migration."""

from runstone.stores.sql.tables.base import ACTIVE, DELETED, Id, metadata
from runstone.stores.sql.tables.house import leftover, meta
from runstone.stores.sql.tables.journals import journal, pulse, refusal
from runstone.stores.sql.tables.lineage import (
    dataset,
    input,
    input_tag,
    logged_model,
    logged_model_metric,
    logged_model_param,
    logged_model_tag,
    run_model,
)
from runstone.stores.sql.tables.points import chunk, document, latest, tail
from runstone.stores.sql.tables.registry import (
    model_alias,
    model_version,
    model_version_tag,
    registered_model,
    registered_model_tag,
)
from runstone.stores.sql.tables.runs import experiment, experiment_tag, key, param, run, tag
from runstone.stores.sql.tables.webhooks import webhook, webhook_delivery, webhook_event

__all__ = [
    "ACTIVE",
    "DELETED",
    "Id",
    "chunk",
    "dataset",
    "document",
    "experiment",
    "experiment_tag",
    "input",
    "input_tag",
    "journal",
    "key",
    "latest",
    "leftover",
    "logged_model",
    "logged_model_metric",
    "logged_model_param",
    "logged_model_tag",
    "meta",
    "metadata",
    "model_alias",
    "model_version",
    "model_version_tag",
    "param",
    "pulse",
    "refusal",
    "registered_model",
    "registered_model_tag",
    "run",
    "run_model",
    "tag",
    "tail",
    "webhook",
    "webhook_delivery",
    "webhook_event",
]
