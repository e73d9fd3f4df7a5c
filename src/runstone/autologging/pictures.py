"""Small charts as SVG, written as text: a drawing library would cost more than many a fit."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

_MOST_BARS = 40
_ROW = 22
_FONT = 'font-family="sans-serif" font-size="12"'


def bars(values: Sequence[tuple[str, float]], title: str) -> str:
    """Horizontal bars, the largest first, forty at most.

    Args:
        values: Label and length of each, >= 0.
        title: What they show.
    """
    shown = sorted(values, key=lambda each: -each[1])[:_MOST_BARS]
    longest = max((value for _, value in shown), default=0.0) or 1.0
    parts = [_text(8, 18, title)]
    for number, (label, value) in enumerate(shown):
        y = 30 + number * _ROW
        parts.append(_text(192, y + 14, label if len(label) <= 28 else f"{label[:27]}…", anchor="end"))
        parts.append(f'<rect x="200" y="{y}" width="{320 * value / longest:.1f}" height="16" fill="#3b6ea5"/>')
        parts.append(_text(206 + 320 * value / longest, y + 13, f"{value:.4g}"))
    return _svg(620, 38 + len(shown) * _ROW, parts)


def matrix(rows: Sequence[Sequence[float]], labels: Sequence[str], title: str) -> str:
    """A square table whose cells are the darker, the more of their row is in them.

    Args:
        rows: The numbers, row by row.
        labels: Names of the rows, and of the columns.
        title: What they show.
    """
    size, left, top = 56, 120, 60
    parts = [_text(8, 18, title)]
    for i, row in enumerate(rows):
        whole = sum(row) or 1.0
        parts.append(_text(left - 8, top + i * size + 32, labels[i][:16], anchor="end"))
        parts.append(_text(left + i * size + 28, top - 8, labels[i][:8], anchor="middle"))
        for j, value in enumerate(row):
            x, y, share = left + j * size, top + i * size, value / whole
            parts.append(
                f'<rect x="{x}" y="{y}" width="54" height="54" fill="#3b6ea5" fill-opacity="{0.06 + 0.9 * share:.2f}"/>'
            )
            colour = "#fff" if share > 0.5 else "#222"
            parts.append(_text(x + 27, y + 32, f"{value:g}", anchor="middle", colour=colour))
    return _svg(left + len(rows) * size + 16, top + len(rows) * size + 16, parts)


def curve(points: Sequence[Sequence[float]], title: str, across: str, up: str, *, chance: bool = False) -> str:
    """A line through points between 0 and 1.

    Args:
        points: Across and up, in the order of the line.
        title: What it shows.
        across: What the points are across.
        up: What they are up.
        chance: Whether the diagonal is drawn, where guessing would be.
    """
    size, left, top = 320, 70, 40
    parts = [_text(8, 18, title)]
    for number in range(6):
        share, place = number / 5, size * number / 5
        parts.append(
            f'<path d="M{left} {top + place:.0f}h{size}M{left + place:.0f} {top}v{size}" stroke="#ddd" fill="none"/>'
        )
        parts.append(_text(left + place, top + size + 18, f"{share:g}", anchor="middle"))
        parts.append(_text(left - 8, top + size - place + 4, f"{share:g}", anchor="end"))
    if chance:
        parts.append(f'<path d="M{left} {top + size}l{size} {-size}" stroke="#999" stroke-dasharray="4" fill="none"/>')
    line = " ".join(f"{left + size * x:.1f},{top + size * (1 - y):.1f}" for x, y in points)
    parts.append(f'<polyline points="{line}" stroke="#3b6ea5" stroke-width="2" fill="none"/>')
    parts.append(_text(left + size / 2, top + size + 38, across, anchor="middle"))
    turned = f'<g transform="translate(20 {top + size / 2:.0f}) rotate(-90)">{_text(0, 0, up, anchor="middle")}</g>'
    return _svg(left + size + 30, top + size + 50, [*parts, turned])


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" {_FONT}>{escape(text)}</text>'


def _svg(width: float, height: float, parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *parts, "</svg>"])
