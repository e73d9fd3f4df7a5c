"""A logged model: a model as a thing of its own, with params, tags and the metrics that were measured of it."""

import re
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import force_setattr

from runstone.entities.dataset import check_dataset
from runstone.entities.metric import Metric, NonFinite
from runstone.entities.names import check_length, shown
from runstone.entities.param import Param
from runstone.entities.tag import Tag
from runstone.errors import InvalidValue

MAX_LOGGED_MODEL_NAME = 500
MAX_MODEL_TYPE = 500
_ID = re.compile("m-[0-9a-f]{32}")
# What MLflow's clients cannot put into the address of a model.
_NOT_IN_NAMES = "/:.%\"'"


class LoggedModelStatus(StrEnum):
    """How far a logged model has come, as its users see it. On the wire each has ``LOGGED_MODEL_`` before it."""

    UNSPECIFIED = "UNSPECIFIED"
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"


_WORDS = {
    LoggedModelStatus.UNSPECIFIED: "LOGGED_MODEL_STATUS_UNSPECIFIED",
    LoggedModelStatus.PENDING: "LOGGED_MODEL_PENDING",
    LoggedModelStatus.READY: "LOGGED_MODEL_READY",
    LoggedModelStatus.FAILED: "LOGGED_MODEL_UPLOAD_FAILED",
}
_STATES = {word: status for status, word in _WORDS.items()}
# MLflow's protocol numbers them as well.
_STATES |= {str(number): status for number, status in enumerate(_WORDS)}


def logged_model_status(word: object) -> LoggedModelStatus:
    """The status that a word of the wire, or one of our own, stands for.

    Raises:
        InvalidValue: There is none of that name.
    """
    found = _STATES.get(str(word))
    if found is None and word in tuple(LoggedModelStatus):
        found = LoggedModelStatus(str(word))
    if found is None:
        raise InvalidValue(f"the status of a logged model is one of {', '.join(_WORDS.values())}; got {shown(word)}")
    return found


def check_logged_model_name(name: str) -> None:
    """Check the name of a logged model.

    Raises:
        InvalidValue: It is longer than 500 characters, or has a character that no address of a model can hold.
    """
    check_length("the name of a logged model", name, MAX_LOGGED_MODEL_NAME)
    if any(letter in _NOT_IN_NAMES or not letter.isprintable() for letter in name):
        raise InvalidValue(
            f"the name of a logged model has none of {' '.join(_NOT_IN_NAMES)} and no control characters; "
            f"got {shown(name)}"
        )


def check_logged_model_id(model_id: str) -> None:
    """Check an id that was not chosen by the store.

    Raises:
        InvalidValue: It is not ``m-`` and 32 hexadecimal digits in lower case.
    """
    if not _ID.fullmatch(model_id):
        raise InvalidValue(
            f"the id of a logged model is 'm-' and 32 hexadecimal digits in lower case; got {shown(model_id)}"
        )


class ModelMetric(Metric, frozen=True, gc=False, omit_defaults=True):
    """A metric of a run that is a metric of a logged model as well.

    Attributes:
        model_id: Id of the model; empty for a metric of the run alone.
        dataset_name: Name of the dataset that it was measured on; empty if none.
        dataset_digest: Digest of that dataset.
    """

    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class LoggedModelMetric(Struct, frozen=True, omit_defaults=True, gc=False):
    """A metric of a logged model.

    Attributes:
        key: Name.
        value: float64; NaN and both infinities are kept as they are.
        timestamp: Milliseconds since the Unix epoch, UTC.
        step: Training step, an int64.
        dataset_name: Name of the dataset that it was measured on; empty if none.
        dataset_digest: Digest of that dataset.
        model_id: The model.
        run_id: The run that logged it.
    """

    key: str
    value: float
    timestamp: int
    step: int
    dataset_name: str = ""
    dataset_digest: str = ""
    model_id: str = ""
    run_id: str = ""

    def __post_init__(self) -> None:
        if self.value - self.value != 0:  # what is not finite differs from itself, or minus itself is NaN
            force_setattr(self, "value", NonFinite(self.value))


class LoggedModelInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known about a logged model besides its params and metrics.

    Attributes:
        model_id: ``m-`` and 32 hexadecimal digits.
        experiment_id: The experiment it belongs to.
        name: A name for people; need not be unique.
        creation_timestamp_ms: Milliseconds since the Unix epoch, UTC.
        last_updated_timestamp_ms: The same, of the last change of its status.
        artifact_uri: URI below which its files are.
        status_word: Its status in the words of the wire.
        model_type: What kind of model it is, in a word of its maker; may be empty.
        source_run_id: The run that made it; may be empty.
        tag_list: Its tags.
    """

    model_id: str
    experiment_id: str
    name: str
    creation_timestamp_ms: int
    last_updated_timestamp_ms: int
    artifact_uri: str
    status_word: str = field(name="status")
    model_type: str = field(default_factory=str)  # what these factories give is written always
    source_run_id: str = field(default_factory=str)
    tag_list: list[Tag] = field(name="tags", default_factory=list)


class LoggedModelData(Struct, frozen=True, omit_defaults=True):
    """Params and metrics of a logged model.

    Attributes:
        params: Params, by key.
        metrics: Every metric that was logged of it, in the order of logging.
    """

    params: list[Param] = field(default_factory=list)
    metrics: list[LoggedModelMetric] = field(default_factory=list)


class LoggedModel(Struct, frozen=True):
    """A model as a thing of its own.

    Attributes:
        info: What is known about it.
        data: Its params and metrics.
    """

    info: LoggedModelInfo
    data: LoggedModelData = LoggedModelData()

    @property
    def model_id(self) -> str:
        """``m-`` and 32 hexadecimal digits."""
        return self.info.model_id

    @property
    def model_uri(self) -> str:
        """Address by which the model is loaded."""
        return f"models:/{self.info.model_id}"

    @property
    def experiment_id(self) -> str:
        """The experiment it belongs to."""
        return self.info.experiment_id

    @property
    def name(self) -> str:
        """A name for people."""
        return self.info.name

    @property
    def artifact_location(self) -> str:
        """URI below which its files are."""
        return self.info.artifact_uri

    @property
    def creation_timestamp(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        return self.info.creation_timestamp_ms

    @property
    def last_updated_timestamp(self) -> int:
        """Milliseconds since the Unix epoch, UTC, of the last change of its status."""
        return self.info.last_updated_timestamp_ms

    @property
    def model_type(self) -> str:
        """What kind of model it is; may be empty."""
        return self.info.model_type

    @property
    def source_run_id(self) -> str:
        """The run that made it; may be empty."""
        return self.info.source_run_id

    @property
    def status(self) -> LoggedModelStatus:
        """How far it has come."""
        return logged_model_status(self.info.status_word)

    @property
    def tags(self) -> dict[str, str]:
        """The value of each tag."""
        return {tag.key: tag.value for tag in self.info.tag_list}

    @property
    def params(self) -> dict[str, str]:
        """The value of each param."""
        return {param.key: param.value for param in self.data.params}

    @property
    def metrics(self) -> list[LoggedModelMetric]:
        """Every metric that was logged of it, in the order of logging."""
        return self.data.metrics


class ModelOrder(Struct, frozen=True):
    """One item of an order of logged models.

    Attributes:
        field_name: An attribute, ``params.NAME``, ``tags.NAME``, or ``metrics.NAME``.
        ascending: Whether the lowest comes first.
        dataset_name: For a metric: only values that were measured on this dataset; on any if empty.
        dataset_digest: Digest of that dataset; any if empty.
    """

    field_name: str = ""
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""

    def __post_init__(self) -> None:
        check_dataset(self.dataset_name, self.dataset_digest)


class DatasetFilter(Struct, frozen=True):
    """A dataset that the metrics of a filter must have been measured on.

    Attributes:
        dataset_name: Its name.
        dataset_digest: Its digest; any if empty.
    """

    dataset_name: str
    dataset_digest: str = ""

    def __post_init__(self) -> None:
        check_dataset(self.dataset_name, self.dataset_digest)


def status_word(status: LoggedModelStatus) -> str:
    """A status in the words of the wire."""
    return _WORDS[status]


def as_orders(order_by: Any) -> list[ModelOrder]:
    """Items of an order that may be dicts, as MLflow's clients write them.

    Raises:
        InvalidValue: One is neither, has no ``field_name``, or a key that no item has.
    """
    orders = []
    for item in order_by or ():
        if isinstance(item, ModelOrder):
            orders.append(item)
            continue
        known = set(ModelOrder.__struct_fields__)
        if not isinstance(item, dict) or "field_name" not in item or not set(item) <= known:
            raise InvalidValue(
                f"an item of the order of logged models is a dict with 'field_name', and 'ascending', 'dataset_name' "
                f"and 'dataset_digest' if you like; got {shown(item)}"
            )
        orders.append(ModelOrder(**item))
    return orders
