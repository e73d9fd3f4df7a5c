"""What runs log, on its way in: metrics, params and tags of one run, in a transaction that the caller opened."""

from collections.abc import Sequence

from sqlalchemy import Connection

from runstone.entities import Metric, ModelMetric, Param, Tag
from runstone.stores.sql import logged_models, run_documents, runs
from runstone.stores.sql import metrics as incoming
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.keys import Keys


def write(
    connection: Connection,
    keys: Keys,
    run_id: str,
    *,
    metrics: Sequence[Metric],
    params: Sequence[Param],
    tags: Sequence[Tag],
) -> None:
    """Write metrics, params and tags of an active run.

    Raises:
        ParamChanged: A param holds another value already, or comes twice with two values.
        LoggedModelNotFound: A metric is of a model that is not there.
        RunDeleted: The run is in the trash.
        RunNotFound: There is none with this id.
    """
    driver = driver_of(connection)
    number, _ = runs.active(driver, run_id)
    latest: dict[str, incoming.Latest] = {}
    if params:
        runs.put_params(driver, keys, run_id, number, params)
    if metrics:
        latest = incoming.append(driver, keys, number, metrics)
        of_models = [
            metric
            for metric in metrics
            if type(metric) is ModelMetric  # isinstance asks in vain seven times as long
            and (metric.model_id or metric.dataset_name or metric.dataset_digest)
        ]
        if of_models:
            logged_models.append_metrics(driver, number, of_models)
    new_tags = {tag.key: tag.value for tag in tags}
    if tags:
        new_tags = runs.put_tags(driver, keys, number, new_tags)
    if params or tags:
        new_params = {param.key: param.value for param in params}
        run_documents.extend(driver, number, params=new_params, tags=new_tags, latest=latest)
    elif metrics:
        run_documents.outdate(driver, number)
