"""What the journal of a run holds, and what a store says of it."""

from msgspec import Struct
from msgspec.structs import force_setattr

from runstone.entities.dataset import DatasetInput, ModelInput, ModelOutput
from runstone.entities.logged_model import ModelMetric
from runstone.entities.names import shown
from runstone.entities.param import Param
from runstone.entities.states import RunStatus
from runstone.entities.tag import Tag
from runstone.errors import Fact, InvalidValue


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One call that logged something: all of it is applied, or none.

    Attributes:
        n: Number of the entry in the journal of its writer: 1, 2, 3 and so on. One that was lost is missing.
        metrics: Values of metrics.
        values: More values, by metric, that have one time and step. They are a shorter way to write ``metrics``, where
            they are found once the entry is made.
        timestamp: Milliseconds since the Unix epoch, UTC, of ``values``.
        step: Step of ``values``.
        params: Params.
        tags: Tags that were set.
        datasets: Datasets that the run read; ``None`` for none. One that is there already stays as it is.
        model_inputs: Logged models that the run read; ``None`` for none.
        model_outputs: Logged models that it made; ``None`` for none. One that is there already keeps its step.
        deleted_tag: Name of a tag that was removed; empty for none. One that is not there is no error.
        status: State that the run went over to; ``None`` for no change.
        end_time: Milliseconds since the Unix epoch, UTC, at which the run ended; ``None`` for no change.
        run_name: New name of the run; empty for no change.
    """

    n: int
    metrics: list[ModelMetric] = []
    values: dict[str, float] | None = None
    timestamp: int | None = None
    step: int = 0
    params: list[Param] = []
    tags: list[Tag] = []
    datasets: list[DatasetInput] | None = None  # not a list of its own for each of thousands
    model_inputs: list[ModelInput] | None = None
    model_outputs: list[ModelOutput] | None = None
    deleted_tag: str = ""
    status: RunStatus | None = None
    end_time: int | None = None
    run_name: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.n < 2**63:
            raise InvalidValue(f"the number of an entry is 1 or more; got {shown(self.n)}")
        values, timestamp, step = self.values, self.timestamp, self.step
        if values is not None:
            if timestamp is None:
                raise InvalidValue("the values of an entry have one timestamp; it has none")
            together = [ModelMetric(key, value, timestamp, step) for key, value in values.items()]
            force_setattr(self, "metrics", [*self.metrics, *together])
            force_setattr(self, "values", None)
            force_setattr(self, "timestamp", None)
            force_setattr(self, "step", 0)
        elif timestamp is not None or step:
            raise InvalidValue("an entry has a timestamp and a step for its values; it has no values")


class Refusal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why an entry was not applied. ``errors.restore`` makes the error of it.

    Attributes:
        n: Number of the entry.
        error_code: Word of the wire for the error.
        message: What is said to the user.
        error: Name of the class of the error.
        facts: Attributes of the error.
    """

    n: int
    error_code: str
    message: str
    error: str = ""
    facts: dict[str, Fact] | None = None


class Applied(Struct, frozen=True, kw_only=True):
    """How far a store has come with the journal of one writer.

    Attributes:
        applied: Number of the entry up to which all were applied or refused; 0 for none.
        refused: Entries among those asked about that were refused, by number: told each time that they are sent.
    """

    applied: int
    refused: list[Refusal] = []
