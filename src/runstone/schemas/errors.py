"""How an error looks on the wire."""

from msgspec import Struct

from runstone.errors import Fact


class ErrorBody(Struct, frozen=True, omit_defaults=True):
    """An error in MLflow's shape; the last two fields are ours and are passed over by MLflow's clients."""

    error_code: str
    message: str
    error: str = ""
    facts: dict[str, Fact] | None = None
