"""A run: one execution of training code, and what it logged."""

from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType, field, to_builtins

from runstone.entities.dataset import DatasetInput, ModelInput, ModelOutput
from runstone.entities.metric import Metric
from runstone.entities.pairs import Pairs
from runstone.entities.param import Param
from runstone.entities.states import LifecycleStage, RunStatus
from runstone.entities.tag import Tag


class RunInfo(Pairs, Struct, frozen=True, kw_only=True):
    """What is known about a run besides the data it logged.

    Attributes:
        run_id: 32 hexadecimal digits.
        run_uuid: The same, by the name that 1.x clients read.
        run_name: A name for people; need not be unique.
        experiment_id: The experiment it belongs to.
        user_id: Who started it.
        status: How far it has come.
        start_time: Milliseconds since the Unix epoch, UTC.
        ended_at: The same, of its end; ``UNSET`` while it has not ended. ``end_time`` has ``None`` then.
        artifact_uri: URI below which its artifacts are.
        lifecycle_stage: In use, or in the trash.
    """

    run_id: str
    run_uuid: str
    run_name: str
    experiment_id: str
    user_id: str
    status: RunStatus
    start_time: int
    ended_at: int | UnsetType = field(name="end_time", default=UNSET)
    artifact_uri: str
    lifecycle_stage: LifecycleStage

    @property
    def end_time(self) -> int | None:
        """Milliseconds since the Unix epoch, UTC, at which the run ended; ``None`` while it has not."""
        return None if self.ended_at is UNSET else self.ended_at


class RunData(Pairs, Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run logged: the latest value of each metric, its params, its tags.

    Attributes:
        metric_list: Latest metrics. ``metrics`` has them as a dict from key to float.
        param_list: Params. ``params`` has them as a dict from key to text.
        tag_list: Tags. ``tags`` has them as a dict from key to text.
    """

    metric_list: list[Metric] = field(name="metrics", default_factory=list)
    param_list: list[Param] = field(name="params", default_factory=list)
    tag_list: list[Tag] = field(name="tags", default_factory=list)

    @property
    def metrics(self) -> dict[str, float]:
        """The latest value of each metric."""
        return {metric.key: metric.value for metric in self.metric_list}

    @property
    def params(self) -> dict[str, str]:
        """The value of each param."""
        return {param.key: param.value for param in self.param_list}

    @property
    def tags(self) -> dict[str, str]:
        """The value of each tag."""
        return {tag.key: tag.value for tag in self.tag_list}

    def to_dictionary(self) -> dict[str, dict[str, Any]]:
        """What was logged, as dictionaries by the words ``metrics``, ``params`` and ``tags``."""
        return dict(self)


class RunInputs(Struct, frozen=True, omit_defaults=True):
    """What a run read.

    Attributes:
        dataset_inputs: Datasets.
        model_inputs: Logged models.
    """

    dataset_inputs: list[DatasetInput] = field(default_factory=list)
    model_inputs: list[ModelInput] = field(default_factory=list)


class RunOutputs(Struct, frozen=True, omit_defaults=True):
    """What a run made.

    Attributes:
        model_outputs: Logged models.
    """

    model_outputs: list[ModelOutput] = field(default_factory=list)


class Run(Struct, frozen=True, kw_only=True):
    """One execution of training code, and what it logged.

    Attributes:
        info: What is known about it.
        data: What it logged.
        inputs: What it read.
        outputs: The models it made.
    """

    info: RunInfo
    data: RunData
    inputs: RunInputs = RunInputs()
    outputs: RunOutputs = RunOutputs()

    def to_dictionary(self) -> dict[str, Any]:
        """The run as dictionaries, lists, numbers and text, by the words that MLflow has for its parts."""
        datasets = [
            {"dataset": to_builtins(used.dataset), "tags": {tag.key: tag.value for tag in used.tags}}
            for used in self.inputs.dataset_inputs
        ]
        return {
            "info": dict(self.info),
            "data": self.data.to_dictionary(),
            "inputs": {"model_inputs": to_builtins(self.inputs.model_inputs), "dataset_inputs": datasets},
            "outputs": {"model_outputs": to_builtins(self.outputs.model_outputs)},
        }


class EncodedRun(Struct, frozen=True, kw_only=True):
    """A run that is to be sent on: its JSON is that of ``Run``, and what it logged is JSON already.

    Attributes:
        info: What is known about it.
        data: The JSON of ``RunData``.
        inputs: What it read.
        outputs: The models it made.
    """

    info: RunInfo
    data: Raw
    inputs: RunInputs = RunInputs()
    outputs: RunOutputs = RunOutputs()
