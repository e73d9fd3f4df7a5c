"""An experiment: a named set of runs."""

from msgspec import Struct, field

from runstone.entities.pairs import Pairs
from runstone.entities.states import LifecycleStage
from runstone.entities.tag import Tag


class Experiment(Pairs, Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named set of runs.

    Attributes:
        experiment_id: Digits; ids count up from 0.
        name: At most 500 characters, in Unicode NFC.
        artifact_location: URI below which the runs keep their artifacts.
        lifecycle_stage: In use, or in the trash.
        last_update_time: Milliseconds since the Unix epoch, UTC.
        creation_time: Milliseconds since the Unix epoch, UTC.
        tag_list: The tags, by key. ``tags`` has them as a dict.
        workspace: Always ``default``; clients of MLflow 3.10 and later read it.
    """

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: LifecycleStage
    last_update_time: int
    creation_time: int
    tag_list: list[Tag] = field(name="tags", default_factory=list)
    workspace: str = field(default_factory=lambda: "default")  # what a factory gives is written always

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dict from key to value."""
        return {tag.key: tag.value for tag in self.tag_list}
