"""What can be searched for: the attributes of runs, experiments and models, their types and their other names."""

from enum import Enum

from msgspec import Struct

from runstone.search.ast import Field, Kind


class FieldType(Enum):
    """What the values of a field are; the value of a member stands in messages."""

    TEXT = "text"
    NUMBER = "a number"
    TIME = "a time"
    DURATION = "a duration"
    NUMBER_OR_TEXT = "text that may be a number"
    WHOLE_NUMBER = "a whole number"


class Subject(Struct, frozen=True):
    """One sort of thing that can be searched for.

    Attributes:
        name: What they are, for messages.
        prefixes: Kind by the word before the dot.
        attributes: Type by the first name of an attribute.
        aliases: First name by another name of an attribute.
        has_aggregates: Whether the lowest, highest, first and last value of a metric can be meant.
    """

    name: str
    prefixes: dict[str, Kind]
    attributes: dict[str, FieldType]
    aliases: dict[str, str]
    has_aggregates: bool = False

    def attribute(self, name: str) -> Field | None:
        """The attribute of this name; ``None`` if there is none."""
        first = self.aliases.get(name, name)
        return Field(Kind.ATTRIBUTE, first) if first in self.attributes else None

    def type_of(self, field: Field) -> FieldType:
        """What the values of a field are."""
        if field.kind is Kind.ATTRIBUTE:
            return self.attributes[field.key]
        if field.kind is Kind.METRIC:
            return FieldType.NUMBER
        return FieldType.TEXT if field.kind is Kind.DATASET else FieldType.NUMBER_OR_TEXT


DATASET_FIELDS = ("name", "digest", "context")

_SHARED = {
    "attribute": Kind.ATTRIBUTE,
    "attributes": Kind.ATTRIBUTE,
    "attr": Kind.ATTRIBUTE,
    "tag": Kind.TAG,
    "tags": Kind.TAG,
}

RUNS = Subject(
    name="runs",
    prefixes={
        **_SHARED,
        "run": Kind.ATTRIBUTE,
        "metric": Kind.METRIC,
        "metrics": Kind.METRIC,
        "param": Kind.PARAM,
        "params": Kind.PARAM,
        "parameter": Kind.PARAM,
        "parameters": Kind.PARAM,
        "dataset": Kind.DATASET,
        "datasets": Kind.DATASET,
    },
    attributes={
        "run_id": FieldType.TEXT,
        "run_name": FieldType.TEXT,
        "experiment_id": FieldType.TEXT,
        "user_id": FieldType.TEXT,
        "status": FieldType.TEXT,
        "lifecycle_stage": FieldType.TEXT,
        "artifact_uri": FieldType.TEXT,
        "start_time": FieldType.TIME,
        "end_time": FieldType.TIME,
        "duration": FieldType.DURATION,
    },
    aliases={"run name": "run_name", "Run name": "run_name", "created": "start_time", "Created": "start_time"},
    has_aggregates=True,
)

EXPERIMENTS = Subject(
    name="experiments",
    prefixes=_SHARED,
    attributes={
        "experiment_id": FieldType.TEXT,
        "name": FieldType.TEXT,
        "lifecycle_stage": FieldType.TEXT,
        "creation_time": FieldType.TIME,
        "last_update_time": FieldType.TIME,
    },
    aliases={},
)

REGISTERED_MODELS = Subject(
    name="registered models",
    prefixes=_SHARED,
    attributes={
        "name": FieldType.TEXT,
        "creation_timestamp": FieldType.TIME,
        "last_updated_timestamp": FieldType.TIME,
    },
    aliases={"timestamp": "last_updated_timestamp"},
)

MODEL_VERSIONS = Subject(
    name="model versions",
    prefixes=_SHARED,
    attributes={
        "name": FieldType.TEXT,
        "version_number": FieldType.WHOLE_NUMBER,
        "run_id": FieldType.TEXT,
        "model_id": FieldType.TEXT,
        "source_path": FieldType.TEXT,
        "current_stage": FieldType.TEXT,
        "creation_timestamp": FieldType.TIME,
        "last_updated_timestamp": FieldType.TIME,
    },
    aliases={"stage": "current_stage"},
)

LOGGED_MODELS = Subject(
    name="logged models",
    prefixes={
        **_SHARED,
        "metric": Kind.METRIC,
        "metrics": Kind.METRIC,
        "param": Kind.PARAM,
        "params": Kind.PARAM,
    },
    attributes={
        "model_id": FieldType.TEXT,
        "name": FieldType.TEXT,
        "model_type": FieldType.TEXT,
        "source_run_id": FieldType.TEXT,
        "status": FieldType.TEXT,
        "creation_timestamp": FieldType.TIME,
        "last_updated_timestamp": FieldType.TIME,
    },
    aliases={"creation_time": "creation_timestamp", "last_updated_time": "last_updated_timestamp"},
)
