"""Figures of matplotlib and plotly into files."""

from io import BytesIO
from typing import Any

from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue


def encode(figure: Any, suffix: str, save_kwargs: dict[str, Any] | None = None) -> bytes:
    """The bytes of a figure's file.

    Args:
        figure: A figure of matplotlib or of plotly.
        suffix: Suffix of the file, with its dot; decides the format. Plotly's ``.html`` holds all it needs, and opens
            without a network.
        save_kwargs: Passed on to ``savefig`` of matplotlib, or ``to_html`` or ``to_image`` of plotly.

    Raises:
        InvalidValue: It is no figure, or its library does not write such files.
    """
    options = dict(save_kwargs or {})
    if not suffix:
        raise InvalidValue("the file of a figure needs a suffix that tells its format, such as 'roc.png'")
    try:
        if _is_of("plotly", figure) and hasattr(figure, "to_html"):
            return _plotly(figure, suffix, options)
        if _is_of("matplotlib", figure) and hasattr(figure, "savefig"):
            return _matplotlib(figure, suffix, options)
    except ValueError as error:
        raise InvalidValue(f"the figure cannot be written as {suffix!r}: {error}") from error
    raise InvalidValue(f"a figure is one of matplotlib or plotly; got {shown(figure)}, {a_class(figure)}")


def _plotly(figure: Any, suffix: str, options: dict[str, Any]) -> bytes:
    if suffix.lower() in {".html", ".htm"}:
        return str(figure.to_html(**options)).encode()
    if suffix.lower() == ".json":
        return str(figure.to_json(**options)).encode()
    return bytes(figure.to_image(format=suffix[1:].lower(), **options))


def _matplotlib(figure: Any, suffix: str, options: dict[str, Any]) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, **{"format": suffix[1:].lower(), **options})
    return buffer.getvalue()


def _is_of(library: str, figure: Any) -> bool:
    """Whether the type of the figure, or one it is derived from, comes from this library."""
    return any(kind.__module__.partition(".")[0] == library for kind in type(figure).__mro__)
