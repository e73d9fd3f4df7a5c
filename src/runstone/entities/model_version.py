"""A version of a registered model: one model as it was at one time."""

from msgspec import Struct, field

from runstone.entities.pairs import Pairs
from runstone.entities.states import ModelStage
from runstone.entities.tag import ModelTag


class ModelVersion(Pairs, Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One model as it was at one time. Its files and its number never change.

    Attributes:
        name: The registered model it belongs to.
        version: Digits; versions of a model count up from 1, and the number of a deleted one is not given again.
        creation_timestamp: Milliseconds since the Unix epoch, UTC.
        last_updated_timestamp: Milliseconds since the Unix epoch, UTC.
        current_stage: How far it has come.
        description: A note for people, maybe empty.
        source: URI of its files, as it was given.
        run_id: The run that made it; empty if none is known.
        status: Always ``READY``.
        tag_list: The tags, by key. ``tags`` has them as a dict.
        run_link: Address of the page of the run, maybe empty.
        aliases: Names that stand for this version, sorted.
        user_id: Who made it; empty if not known.
        status_message: More about ``status``, maybe empty.
        model_id: The logged model that it is; empty if it is none.
    """

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int
    current_stage: ModelStage = field(default_factory=lambda: ModelStage.NONE)
    # MLflow answers these four even when they are empty, hence factories: a plain default would be left out.
    description: str = field(default_factory=str)
    source: str = field(default_factory=str)
    run_id: str = field(default_factory=str)
    status: str = field(default_factory=lambda: "READY")
    tag_list: list[ModelTag] = field(name="tags", default_factory=list)
    run_link: str = field(default_factory=str)
    aliases: list[str] = field(default_factory=list)
    user_id: str = ""
    status_message: str = ""
    model_id: str = ""

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dict from key to value."""
        return {tag.key: tag.value for tag in self.tag_list}
