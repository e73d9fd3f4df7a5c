"""Datasets: what runs read, and how they are told apart."""

from msgspec import Struct, field

from runstone.entities.names import check_int64, check_length
from runstone.errors import InvalidValue

MAX_DATASET_NAME = 500
MAX_DATASET_DIGEST = 36
MAX_DATASET_SOURCE = 65_535
MAX_DATASET_SCHEMA = 1_048_575
MAX_DATASET_PROFILE = 16_777_215
MAX_INPUT_TAG_KEY = 255
MAX_INPUT_TAG_VALUE = 500


def check_dataset(name: str, digest: str) -> None:
    """Check what names a dataset; either may be empty.

    Raises:
        InvalidValue: One is longer than it may be, or no text that can be kept.
    """
    check_length("the name of a dataset", name, MAX_DATASET_NAME)
    check_length("the digest of a dataset", digest, MAX_DATASET_DIGEST)


class InputTag(Struct, frozen=True, gc=False):
    """A note on a dataset as the input of one run, such as ``mlflow.data.context``: ``train``.

    Attributes:
        key: Name, 1 to 255 characters.
        value: Text, at most 500 characters.
    """

    key: str
    value: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise InvalidValue("the name of an input's tag is 1 to 255 characters; got an empty one")
        check_length("the name of an input's tag", self.key, MAX_INPUT_TAG_KEY)
        check_length(f"the value of the input's tag {self.key!r}", self.value, MAX_INPUT_TAG_VALUE)


class Dataset(Struct, frozen=True, omit_defaults=True):
    """Data as MLflow describes it. Within an experiment, name and digest tell one from another.

    Attributes:
        name: A name for people, 1 to 500 characters.
        digest: A short hash of the data, 1 to 36 characters.
        source_type: What kind of place it came from, such as ``local`` or ``code``.
        source: The place, as JSON.
        schema: Its columns, as JSON; empty if unknown.
        profile: Numbers about it, as JSON; empty if unknown.
    """

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""

    def __post_init__(self) -> None:
        for what, text, most in (("name", self.name, MAX_DATASET_NAME), ("digest", self.digest, MAX_DATASET_DIGEST)):
            if not text:
                raise InvalidValue(f"the {what} of a dataset is 1 to {most} characters; got an empty one")
        check_dataset(self.name, self.digest)
        check_length("the type of a dataset's source", self.source_type, MAX_INPUT_TAG_KEY)
        check_length("the source of a dataset", self.source, MAX_DATASET_SOURCE)
        check_length("the schema of a dataset", self.schema, MAX_DATASET_SCHEMA)
        check_length("the profile of a dataset", self.profile, MAX_DATASET_PROFILE)


class DatasetInput(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A dataset that a run read.

    Attributes:
        tags: Notes on this use of it.
        dataset: The dataset.
    """

    tags: list[InputTag] = field(default_factory=list)
    dataset: Dataset


class DatasetSummary(Struct, frozen=True, omit_defaults=True):
    """A dataset that runs of an experiment read, in one context.

    Attributes:
        experiment_id: The experiment.
        name: Name of the dataset.
        digest: Its digest.
        context: What it was read for: the value of the tag ``mlflow.data.context``; empty if there is none.
    """

    experiment_id: str
    name: str
    digest: str
    context: str = ""


class ModelInput(Struct, frozen=True, gc=False):
    """A logged model that a run read.

    Attributes:
        model_id: Id of the model.
    """

    model_id: str


class ModelOutput(Struct, frozen=True, gc=False):
    """A logged model that a run made.

    Attributes:
        model_id: Id of the model.
        step: Training step at which it was made, an int64.
    """

    model_id: str
    step: int = 0

    def __post_init__(self) -> None:
        check_int64("the step of a model", self.step)


CONTEXT = "mlflow.data.context"
