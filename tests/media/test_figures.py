"""Figures of matplotlib and plotly into files."""

import json
from typing import Any

import pytest

from runstone.errors import InvalidValue
from runstone.media import figures


@pytest.fixture
def matplotlib_figure() -> Any:
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1), dpi=100)
    figure.subplots().plot([1, 2])
    return figure


@pytest.fixture
def plotly_figure() -> Any:
    plotly = pytest.importorskip("plotly.graph_objects")
    return plotly.Figure(plotly.Scatter(y=[1, 2]))


@pytest.mark.parametrize(
    ("suffix", "beginning"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF"), (".PNG", b"\x89PNG")]
)
def test_suffix_decides_the_format(matplotlib_figure: Any, suffix: str, beginning: bytes) -> None:
    assert figures.encode(matplotlib_figure, suffix).startswith(beginning)


def test_options_reach_matplotlib(matplotlib_figure: Any) -> None:
    small = figures.encode(matplotlib_figure, ".png", {"dpi": 10})

    assert len(small) < len(figures.encode(matplotlib_figure, ".png"))


def test_page_of_plotly_needs_no_network(plotly_figure: Any) -> None:
    page = figures.encode(plotly_figure, ".html").decode()

    assert "Plotly.newPlot" in page
    assert 'src="http' not in page


def test_options_reach_plotly(plotly_figure: Any) -> None:
    page = figures.encode(plotly_figure, ".html", {"include_plotlyjs": False}).decode()

    assert len(page) < 100_000


def test_plotly_is_written_as_json(plotly_figure: Any) -> None:
    assert json.loads(figures.encode(plotly_figure, ".json"))["data"][0]["type"] == "scatter"


@pytest.mark.parametrize("suffix", ["", ".xyz"])
def test_format_that_matplotlib_does_not_write_is_refused(matplotlib_figure: Any, suffix: str) -> None:
    with pytest.raises(InvalidValue):
        figures.encode(matplotlib_figure, suffix)


@pytest.mark.parametrize("bad", [object(), "figure", None])
def test_what_is_no_figure_is_refused(bad: Any) -> None:
    with pytest.raises(InvalidValue, match="matplotlib or plotly"):
        figures.encode(bad, ".png")
