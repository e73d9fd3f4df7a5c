"""The one way to say what does not fit."""

from typing import Any

from runstone.entities.names import a_class, shown
from runstone.errors import SignatureMismatch
from runstone.models.fields import Field
from runstone.models.values import NotOfType, said


def no_fit(what: str, field: Field, row: int | None, value: Any, error: NotOfType) -> SignatureMismatch:
    """The error for a value that is not of its field.

    Args:
        what: ``input`` or ``output``.
        field: What was wanted.
        row: Where, from 0 on; ``None`` where there are no rows.
        value: What came.
        error: What is wrong with it.
    """
    whose = f"column {field.name!r} of the {what}" if field.name is not None else f"the {what}"
    where = "" if row is None else f", row {row},"
    return SignatureMismatch(
        f"{whose}{where}{error.place} {error}",
        column=None if field.name is None else str(field.name),
        row=row,
        value=shown(value),
        wanted=said(field),
    )


def wrong_kind(what: str, data: Any, wanted: str) -> SignatureMismatch:
    """The error for data that is held by something of the wrong kind."""
    return SignatureMismatch(f"the {what} is {a_class(data)}; wanted: {wanted}", wanted=wanted)
