"""One grammar decides what an artifact may be called."""

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import InvalidArtifactPath


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "a/b.txt",
        "plots/roc curve.png",
        "modèle/№1",
        "100%.txt",
        "50% done",
        "a..b",
        "...",
        "a=b,c+d@e#f?g",
        "~",
    ],
)
def test_plain_paths_are_taken(path: str) -> None:
    assert ArtifactPath(path) == path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/a", "is absolute"),
        ("..", "has a part '..'"),
        ("a/../b", "has a part '..'"),
        (".", "has a part '.'"),
        ("a/./b", "has a part '.'"),
        ("a//b", "has an empty part"),
        ("a/", "has an empty part"),
        ("a\\b", "holds a backslash"),
        ("C:a", "holds a colon"),
        ("a\x00", "holds a control character"),
        ("a\nb", "holds a control character"),
        ("\ud800", "holds a control character"),
        ("%2e%2e", "holds a percent-encoded character"),
        ("a%2Fb", "holds a percent-encoded character"),
        ("x" * 1001, "has 1001 characters"),
        ("y" * 256, "has a part of more than 255 bytes"),
        ("é" * 128, "has a part of more than 255 bytes"),
    ],
)
def test_other_paths_are_refused_with_the_reason(path: str, reason: str) -> None:
    with pytest.raises(InvalidArtifactPath, match=reason) as caught:
        ArtifactPath(path)

    assert caught.value.path == path
    assert "wanted: a relative path" in str(caught.value)


@given(st.text(alphabet=st.sampled_from("ab./\\%:2eE5cCfF\x00~ é\u0301"), max_size=12))
def test_no_path_that_is_taken_leaves_its_folder_however_often_it_is_decoded(text: str) -> None:
    try:
        path = ArtifactPath(text)
    except InvalidArtifactPath:
        return

    for decoded in (path, unquote(path), unquote(unquote(path))):
        joined = posixpath.normpath(posixpath.join("/store/run", decoded))
        assert joined == "/store/run" or joined.startswith("/store/run/")
        assert "\x00" not in joined


def test_paths_are_joined_and_parted() -> None:
    path = ArtifactPath("plots") / "roc.png"

    assert (path, path.name, path.folder) == ("plots/roc.png", "roc.png", "plots")
    assert ArtifactPath() / "a" == "a"
    assert ArtifactPath("a").folder == ""
    assert ArtifactPath("a") / "" == "a"
    assert ArtifactPath(path) is path
    with pytest.raises(InvalidArtifactPath):
        ArtifactPath("a") / "../b"


def test_text_is_put_into_one_form() -> None:
    assert ArtifactPath("Cafe\u0301") == ArtifactPath("Café")


def test_folder_has_no_size() -> None:
    assert FileInfo(path="a", is_dir=True).file_size is None
    assert FileInfo(path="a", is_dir=False, size=3).file_size == 3
