"""A param: one input of one run, written once."""

from msgspec import Struct
from msgspec.structs import force_setattr

from runstone.entities.names import MAX_PARAM_VALUE, check_key, check_length


class Param(Struct, frozen=True, gc=False):
    """One input of one run, written once.

    Attributes:
        key: Name, 1 to 250 characters.
        value: Text, at most 6000 characters; anything else given is turned into text.
    """

    key: str
    value: str = ""

    def __post_init__(self) -> None:
        if type(self.key) is str:
            check_key("param", self.key)
        else:
            force_setattr(self, "key", check_key("param", self.key))
        if type(self.value) is not str:
            force_setattr(self, "value", str(self.value))
        if len(self.value) > MAX_PARAM_VALUE or "\0" in self.value or not self.value.isascii():
            check_length(f"the value of the param {self.key!r}", self.value, MAX_PARAM_VALUE)
