"""A registered model: a name, and the versions that it has had."""

from msgspec import Struct, field

from runstone.entities.model_version import ModelVersion
from runstone.entities.pairs import Pairs
from runstone.entities.tag import ModelTag


class ModelAlias(Struct, frozen=True):
    """A name that stands for one version of a registered model, until it is given to another.

    Attributes:
        alias: The name.
        version: Digits.
    """

    alias: str
    version: str


class RegisteredModel(Pairs, Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name, and the versions that it has had.

    Attributes:
        name: At most 256 characters, in Unicode NFC, without slash and colon.
        creation_timestamp: Milliseconds since the Unix epoch, UTC.
        last_updated_timestamp: Milliseconds since the Unix epoch, UTC.
        user_id: Who made it; empty if not known.
        description: A note for people, maybe empty.
        latest_versions: The highest version in each stage, by version.
        tag_list: The tags, by key. ``tags`` has them as a dict.
        alias_list: The aliases, by name. ``aliases`` has them as a dict.
    """

    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    user_id: str = ""
    description: str = ""
    latest_versions: list[ModelVersion] = field(default_factory=list)
    tag_list: list[ModelTag] = field(name="tags", default_factory=list)
    alias_list: list[ModelAlias] = field(name="aliases", default_factory=list)

    @property
    def tags(self) -> dict[str, str]:
        """The tags as a dict from key to value."""
        return {tag.key: tag.value for tag in self.tag_list}

    @property
    def aliases(self) -> dict[str, str]:
        """The aliases as a dict from name to version."""
        return {alias.alias: alias.version for alias in self.alias_list}
