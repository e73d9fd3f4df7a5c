"""What is wrong with a value that was given."""

from runstone.errors.kinds import InvalidValue

_POINTED = 60


def _pointed(text: str, position: int) -> str:
    """One line of a text, and below it a caret at a position; of a long text, what stands around there."""
    line = "".join(character if character.isprintable() else " " for character in text)
    start = max(0, position - _POINTED)
    before = f"{'...' if start else ''}{line[start:position]}"
    rest = line[position : position + _POINTED]
    return f"  {before}{rest}{'...' if position + _POINTED < len(line) else ''}\n  {' ' * len(before)}^"


class InvalidFilter(InvalidValue):
    """A filter or an order cannot be read.

    Attributes:
        text: The text as it was given.
        position: Offset in ``text``, in characters, at which reading stopped.
    """

    text: str
    position: int

    def __init__(self, reason: str, *, text: str, position: int) -> None:
        super().__init__(f"{reason}\n{_pointed(text, position)}", text=text, position=position)


class InvalidArtifactPath(InvalidValue):
    """An artifact name is not a plain relative path.

    Attributes:
        path: The name as it was given.
    """

    path: str

    def __init__(self, path: str, reason: str, wanted: str = "a relative path such as 'plots/roc.png'") -> None:
        super().__init__(f"the artifact path {path!r} {reason}; wanted: {wanted}", path=path)


class InvalidPageToken(InvalidValue):
    """A page token that did not come from a former answer."""

    def __init__(self, token: str) -> None:
        super().__init__(
            f"the page token {token[:60]!r} is not one of ours; pass the token of the former page, unchanged"
        )


class AddressForbidden(InvalidValue):
    """An address that was given to a server is not one that it calls.

    Attributes:
        url: The address as it was given.
    """

    url: str

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"the address {url[:200]!r} {reason}", url=url)


class ParamChanged(InvalidValue):
    """A param already holds another value; params are written once.

    Attributes:
        run_id: The run.
        key: Name of the param.
    """

    run_id: str
    key: str

    def __init__(self, run_id: str, key: str, *, old: str, new: str) -> None:
        super().__init__(
            f"the param {key!r} of run {run_id!r} is {old!r} and cannot become {new!r}: params are written once; "
            "use a tag for a value that changes, or start another run",
            run_id=run_id,
            key=key,
        )


class MalformedRequest(InvalidValue):
    """A request whose body is not the JSON object that was wanted."""

    code = "BAD_REQUEST"


class InvalidSignature(InvalidValue):
    """A signature, a schema or a type cannot be made of what was given, or cannot be read."""


class SignatureMismatch(InvalidValue):
    """Data or a param is not what the signature of a model says.

    Attributes:
        column: The column, tensor or param, where it is one.
        row: Place of the first row that is wrong, from 0 on, where it is one.
        value: The value there, as a message shows it.
        wanted: What the signature says.
    """

    column: str | None
    row: int | None
    value: str | None
    wanted: str | None

    def __init__(
        self,
        message: str,
        *,
        column: str | None = None,
        row: int | None = None,
        value: str | None = None,
        wanted: str | None = None,
    ) -> None:
        super().__init__(message, column=column, row=row, value=value, wanted=wanted)
