from pathlib import Path

import pytest

from tools import offline


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/a.css">',
        '<img src="http://example.org/a.png">',
        '<img src="a.png" srcset="https://example.org/b.png 2x">',
        '<p style="background: url(https://example.org/a.png)">x</p>',
        '<style>@import "https://example.org/a.css";</style>',
        '<video poster="https://example.org/a.png"></video>',
    ],
)
def test_page_that_loads_from_elsewhere_is_named(page: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f"<!doctype html><body>{page}</body>")

    assert offline.main([str(tmp_path)]) == 1


def test_style_sheet_that_loads_from_elsewhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url('https://example.org/a.woff2') }")

    assert offline.main([str(tmp_path)]) == 1


def test_links_and_own_files_are_free(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<link rel="canonical" href="https://example.org/"><link rel="stylesheet" href="a.css">'
        '<a href="https://example.org">out</a><img src="data:image/png;base64,AA=="><script src="a.js"></script>'
        "<p>https://example.org</p>"
    )

    assert offline.main([str(tmp_path)]) == 0


def test_missing_folder_is_answered_with_the_usage(tmp_path: Path) -> None:
    assert offline.main([str(tmp_path / "nowhere")]) == 2
